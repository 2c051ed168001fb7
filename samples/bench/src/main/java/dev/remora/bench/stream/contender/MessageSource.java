package dev.remora.bench.stream.contender;

import com.google.protobuf.ByteString;
import dev.remora.bench.proto.EchoMessage;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Messages of one size until a time or a number is reached; each is built anew. One thread at a time. */
public final class MessageSource {
    /** Small messages are made faster than the clock can be read. */
    private static final int CLOCK_EVERY = 64;

    private static final int LARGE_BYTES = 4096;

    private final ByteString payload;
    private final int clockEvery;
    private final long endNs;
    private final long maxMessages;
    private long made;
    private boolean over;

    /**
     * @param durationNs from now, 0 for no end by time
     * @param maxMessages 0 for no end by number
     */
    public MessageSource(int sizeBytes, long durationNs, long maxMessages) {
        byte[] bytes = new byte[sizeBytes];
        new SplittableRandom(sizeBytes).nextBytes(bytes);
        this.payload = ByteString.copyFrom(bytes);
        this.clockEvery = sizeBytes >= LARGE_BYTES ? 1 : CLOCK_EVERY;
        this.endNs = durationNs == 0 ? Long.MAX_VALUE : System.nanoTime() + durationNs;
        this.maxMessages = maxMessages == 0 ? Long.MAX_VALUE : maxMessages;
    }

    /** The next message; null after the last one. */
    public @Nullable EchoMessage next() {
        if (over || made == maxMessages || made % clockEvery == 0 && System.nanoTime() - endNs > 0) {
            over = true;
            return null;
        }
        return EchoMessage.newBuilder().setId(made++).setPayload(payload).build();
    }

    /** So many were made. */
    public long messages() {
        return made;
    }
}
