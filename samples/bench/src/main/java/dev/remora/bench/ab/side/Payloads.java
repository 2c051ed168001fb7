package dev.remora.bench.ab.side;

import com.google.protobuf.ByteString;
import java.util.SplittableRandom;

/** Bytes to send, cut from one piece so that making them costs nothing; they do not compress. */
final class Payloads {
    /** Longest payload. */
    static final int MAX_BYTES = 16 << 20;

    private static volatile ByteString piece = random(1 << 20);

    private Payloads() {}

    /** @throws IllegalArgumentException above {@link #MAX_BYTES} or below 0 */
    static ByteString of(int bytes) {
        if (bytes < 0 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(bytes + " bytes: a payload has 0 to " + MAX_BYTES);
        }
        if (bytes > piece.size()) {
            piece = random(MAX_BYTES);
        }
        return piece.substring(0, bytes);
    }

    private static ByteString random(int bytes) {
        byte[] random = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(random);
        return ByteString.copyFrom(random);
    }
}
