package dev.remora.bench.echo.contender;

import com.google.protobuf.CodedOutputStream;
import dev.remora.bench.proto.EchoMessage;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** A media driver and a client of it, both driven by {@link #work} on one thread. */
final class AeronNode implements AutoCloseable {
    private static final int STREAM = 1;

    /** What loopback carries in one datagram without fragments, a multiple of 32. */
    static final int MTU_BYTES = 65_504;

    /** Names the folder for files of a child process, in memory where the machine has such. */
    private static final String SCRATCH_PROPERTY = "remora.bench.scratch";

    // A message may be an eighth of a term.
    private static final int TERM_BYTES = 16 << 20;
    // The kernel grants what net.core.rmem_max allows, the usual 208 KiB at least.
    private static final int SOCKET_BYTES = 2 << 20;

    private final MediaDriver driver;
    private final Aeron aeron;
    private ByteBuffer out = ByteBuffer.allocateDirect(64 << 10);
    private final MessageScratch in = new MessageScratch();
    private final UnsafeBuffer outView = new UnsafeBuffer(out);

    AeronNode() throws IOException {
        // The parent process removes the folder, also when this process is killed.
        Path directory = Files.createTempDirectory(
                Path.of(System.getProperty(SCRATCH_PROPERTY, System.getProperty("java.io.tmpdir"))), "aeron-");
        driver = MediaDriver.launch(new MediaDriver.Context()
                .aeronDirectoryName(directory.toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.INVOKER)
                .sharedIdleStrategy(NoOpIdleStrategy.INSTANCE)
                .mtuLength(MTU_BYTES)
                .publicationTermBufferLength(TERM_BYTES)
                .socketRcvbufLength(SOCKET_BYTES)
                .socketSndbufLength(SOCKET_BYTES)
                .initialWindowLength(SOCKET_BYTES)
                .termBufferSparseFile(true));
        aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(directory.toString())
                .useConductorAgentInvoker(true)
                .driverAgentInvoker(driver.sharedAgentInvoker()));
    }

    /** A turn of the driver and of its client. */
    int work() {
        return driver.sharedAgentInvoker().invoke()
                + aeron.conductorAgentInvoker().invoke();
    }

    Subscription listen() {
        return aeron.addSubscription(endpoint(0), STREAM);
    }

    ExclusivePublication publish(int port) {
        return aeron.addExclusivePublication(endpoint(port), STREAM);
    }

    private static String endpoint(int port) {
        return "aeron:udp?endpoint=127.0.0.1:" + port;
    }

    /** The port that a subscription to port 0 got. */
    int port(Subscription subscription) {
        long endNs = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() - endNs < 0) {
            String resolved = subscription.tryResolveChannelEndpointPort();
            if (resolved != null) {
                int at = resolved.indexOf("127.0.0.1:") + "127.0.0.1:".length();
                int end = at;
                while (end < resolved.length() && Character.isDigit(resolved.charAt(end))) {
                    end++;
                }
                return Integer.parseInt(resolved, at, end, 10);
            }
            work();
        }
        throw new IllegalStateException("Aeron's driver gave no port within 10 s");
    }

    /**
     * The first message of a client: the port where it expects responses, as a negative id. Aeron's streams go one way.
     */
    static EchoMessage hello(int port) {
        return EchoMessage.newBuilder().setId(-port).build();
    }

    /** Offers a message once. False if it cannot go now. */
    boolean offer(ExclusivePublication publication, EchoMessage message) {
        int size = message.getSerializedSize();
        if (out.capacity() < size) {
            out = ByteBuffer.allocateDirect(size);
            outView.wrap(out);
        }
        try {
            CodedOutputStream coded = CodedOutputStream.newInstance(out.clear().limit(size));
            message.writeTo(coded);
            coded.flush();
        } catch (IOException e) {
            throw new IllegalStateException("a message of " + size + " bytes did not fit its own size", e);
        }
        long position = publication.offer(outView, 0, size);
        if (position == Publication.CLOSED
                || position == Publication.MAX_POSITION_EXCEEDED
                || position == Publication.NOT_CONNECTED) {
            throw new IllegalStateException("Aeron lost the peer: " + Publication.errorString(position));
        }
        return position >= 0;
    }

    /** Copies a message out of Aeron's log and parses it. */
    EchoMessage parse(DirectBuffer buffer, int offset, int length) {
        buffer.getBytes(offset, in.atLeast(length, 0), 0, length);
        try {
            return in.parse(length);
        } catch (IOException e) {
            throw new IllegalStateException("what arrived is not an echo message", e);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(aeron, driver);
    }
}
