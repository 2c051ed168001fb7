package dev.remora.homa.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two transports: a few lines of text while they get to know each other, then nothing. The kernel ends
 * it when one of the processes ends. Used by one thread; closed by any.
 */
final class ControlChannel implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 512;

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(MAX_LINE_BYTES);

    ControlChannel(SocketChannel channel) throws IOException {
        this.channel = channel;
        try {
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Connects to a socket; fails at once when nobody listens. */
    static ControlChannel connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return new ControlChannel(channel);
    }

    /** Lines are far shorter than a socket's buffer, so that they go out whole. */
    void write(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(US_ASCII));
        channel.write(bytes);
        if (bytes.hasRemaining()) {
            throw new IOException("the peer does not read");
        }
    }

    /**
     * The next line.
     *
     * @return null when the other side has ended the connection, or this one was closed
     * @throws IOException if none comes in time, or it is too long
     */
    @Nullable
    String line(long timeoutNs) throws IOException {
        long end = System.nanoTime() + timeoutNs;
        while (true) {
            for (int i = 0; i < received.position(); i++) {
                if (received.get(i) == '\n') {
                    String line = new String(received.array(), 0, i, US_ASCII);
                    received.flip().position(i + 1);
                    received.compact();
                    return line;
                }
            }
            if (!received.hasRemaining()) {
                throw new IOException("a line of more than " + MAX_LINE_BYTES + " bytes came");
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new IOException("no answer in " + TimeUnit.NANOSECONDS.toMillis(timeoutNs) + " ms");
            }
            try {
                selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
                selector.selectedKeys().clear();
                if (channel.read(received) < 0) {
                    return null;
                }
            } catch (ClosedSelectorException | java.nio.channels.ClosedChannelException e) {
                return null;
            }
        }
    }

    /** Waits until the connection has ended; what comes meanwhile means nothing. */
    void awaitEnd() {
        try {
            while (true) {
                selector.select();
                selector.selectedKeys().clear();
                received.clear();
                if (channel.read(received) < 0) {
                    return;
                }
            }
        } catch (IOException | ClosedSelectorException e) {
            // Reset by the peer, or closed here: an end like any other.
            return;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            selector.close();
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(ControlChannel.class).debug("closing a connection: {}", e.toString());
        }
    }
}
