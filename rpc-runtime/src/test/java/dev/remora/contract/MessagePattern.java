package dev.remora.contract;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Bytes that follow from a seed, so that a byte lost, doubled or of another message is seen. */
public final class MessagePattern {
    private MessagePattern() {}

    public static byte[] bytes(long seed, int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    /** Writes all of {@code bytes} into a buffer of that size. */
    public static MessageBuffer fill(MessageBuffer buffer, byte[] bytes) {
        buffer.bytes().put(bytes);
        return buffer;
    }

    /** Copies what is in a message and releases it. */
    public static byte[] take(MessageBuffer message) {
        ByteBuffer view = message.bytes();
        byte[] bytes = new byte[view.remaining()];
        view.get(bytes);
        message.release();
        return bytes;
    }
}
