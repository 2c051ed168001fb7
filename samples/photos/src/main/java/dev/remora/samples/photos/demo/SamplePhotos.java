package dev.remora.samples.photos.demo;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes that stand for photos: 100 to 500 KB, like JPEG not to be compressed, no two the same. For use by any thread. */
final class SamplePhotos {
    static final int MIN_BYTES = 100_000;
    static final int MAX_BYTES = 500_000;
    private static final int HEADER_BYTES = Long.BYTES;

    private final ByteString noise;
    private final AtomicLong made = new AtomicLong();

    SamplePhotos(long seed) {
        byte[] bytes = new byte[MAX_BYTES];
        new Random(seed).nextBytes(bytes);
        noise = UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** Another one. The bytes are shared, but for a few that make it unique. */
    ByteString next(Random random) {
        int size = random.nextInt(MIN_BYTES, MAX_BYTES + 1);
        byte[] header = ByteBuffer.allocate(HEADER_BYTES)
                .putLong(made.incrementAndGet())
                .array();
        return UnsafeByteOperations.unsafeWrap(header).concat(noise.substring(0, size - HEADER_BYTES));
    }
}
