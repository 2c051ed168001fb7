package dev.remora.runtime.envelope;

import java.nio.ByteBuffer;

/**
 * The messages of a segment. Of each its length as a varint, then its bytes. In a segment whose envelope names a compression
 * they are <em>marked</em>: the varint is twice the length, and one more for a message that is compressed, whose size before
 * follows as another varint.
 */
public final class StreamMessages {
    private StreamMessages() {}

    /**
     * What stands in front of a message.
     *
     * @param length bytes that follow
     * @param coding how they are written
     */
    public record Head(int length, Coding coding) {
        /** Bytes of the message as it is. */
        public int messageBytes() {
            return coding.isPlain() ? length : coding.messageBytes();
        }
    }

    /** Bytes that a message of {@code size} bytes takes in a segment. */
    public static int size(int size) {
        return Varint.size(size) + size;
    }

    /** Writes what stands in front of a message of {@code size} bytes. */
    public static void writeLength(ByteBuffer out, int size) {
        Varint.write(out, size);
    }

    /** Reads what stands in front of a message and leaves the position at its first byte. */
    public static int readLength(ByteBuffer in) throws MalformedEnvelopeException {
        return Varint.readLength(in, "length of a message");
    }

    /** Bytes that a message of {@code size} bytes, not compressed, takes in a marked segment. */
    public static int markedSize(int size) {
        return Varint.size(2L * size) + size;
    }

    /** Bytes that a compressed message takes in a segment. @param messageBytes its size before */
    public static int compressedSize(int size, int messageBytes) {
        return Varint.size(2L * size + 1) + Varint.size(messageBytes) + size;
    }

    /** Writes what stands in front of a message of {@code size} bytes, not compressed, in a marked segment. */
    public static void writeMarked(ByteBuffer out, int size) {
        Varint.write(out, 2L * size);
    }

    /** Writes what stands in front of a compressed message of {@code size} bytes. @param messageBytes its size before */
    public static void writeCompressed(ByteBuffer out, int size, int messageBytes) {
        Varint.write(out, 2L * size + 1);
        Varint.write(out, messageBytes);
    }

    /** As {@link #readLength}, in a marked segment. @param algorithm what its envelope says */
    public static Head readMarked(ByteBuffer in, int algorithm) throws MalformedEnvelopeException {
        int at = in.position();
        long mark = Varint.readLong(in, "length of a message");
        Coding coding = Coding.PLAIN;
        if ((mark & 1) != 0) {
            long messageBytes = Varint.readLong(in, "size of a compressed message");
            if (messageBytes > Integer.MAX_VALUE) {
                throw new MalformedEnvelopeException(
                        "size of the compressed message at byte " + at + " is " + messageBytes);
            }
            coding = new Coding(algorithm, (int) messageBytes, 0);
        }
        if (mark >>> 1 > in.remaining()) {
            throw new MalformedEnvelopeException("length of the message at byte " + at + " is " + (mark >>> 1)
                    + ", but only " + in.remaining() + " bytes follow");
        }
        return new Head((int) (mark >>> 1), coding);
    }
}
