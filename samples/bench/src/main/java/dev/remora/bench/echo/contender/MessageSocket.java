package dev.remora.bench.echo.contender;

import com.google.protobuf.CodedOutputStream;
import dev.remora.bench.proto.EchoMessage;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Length-prefixed messages over a blocking socket; one thread at a time. */
final class MessageSocket implements Closeable {
    private static final int FIRST_BUFFER_BYTES = 64 << 10;

    private final SocketChannel socket;
    // On the heap: protobuf parses arrays fastest.
    private ByteBuffer in = ByteBuffer.allocate(FIRST_BUFFER_BYTES);
    private ByteBuffer out = ByteBuffer.allocateDirect(FIRST_BUFFER_BYTES);

    MessageSocket(SocketChannel socket) throws IOException {
        this.socket = socket;
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    void write(EchoMessage message) throws IOException {
        int size = message.getSerializedSize();
        int total = FrameLimits.HEADER_BYTES + size;
        if (out.capacity() < total) {
            out = ByteBuffer.allocateDirect(total);
        }
        out.clear().putInt(size).limit(total);
        CodedOutputStream coded = CodedOutputStream.newInstance(out.slice());
        message.writeTo(coded);
        coded.flush();
        out.position(0);
        while (out.hasRemaining()) {
            socket.write(out);
        }
    }

    /** The next message; null if the peer has closed between two messages. */
    @Nullable
    EchoMessage read() throws IOException {
        in.clear();
        if (!fill(FrameLimits.HEADER_BYTES)) {
            return null;
        }
        int size = FrameLimits.checked(in.getInt(0));
        int total = FrameLimits.HEADER_BYTES + size;
        if (in.capacity() < total) {
            ByteBuffer larger = ByteBuffer.allocate(total);
            larger.put(in.flip());
            in = larger;
        }
        if (!fill(total) || in.position() != total) {
            throw new IOException("got " + in.position() + " bytes where a message of " + total + " was due");
        }
        return EchoMessage.parser().parseFrom(in.array(), FrameLimits.HEADER_BYTES, size);
    }

    /** Reads until {@code bytes} are there; one call is outstanding, so what comes belongs to one message. */
    private boolean fill(int bytes) throws IOException {
        while (in.position() < bytes) {
            if (socket.read(in) < 0) {
                if (in.position() == 0) {
                    return false;
                }
                throw new EOFException("the peer closed within a message");
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
