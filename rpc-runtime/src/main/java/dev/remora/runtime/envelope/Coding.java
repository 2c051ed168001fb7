package dev.remora.runtime.envelope;

import java.nio.ByteBuffer;

/**
 * How the message in an envelope is written, and what the sender of the envelope can read. Nothing of this in an envelope of
 * version 1; it is why there is a version 2, so that a peer that knows only the first one says so.
 *
 * <p>The envelope of a stream's segment has many messages, of which some are compressed: it tells the algorithm, and each
 * message says for itself whether it is compressed and what its size was ({@link StreamMessages}).
 *
 * @param algorithm 0 for a message as it is, else the number of the compression: 1 is gzip
 * @param messageBytes size of the message before it was compressed; 0 if it was not, and in envelopes of streams
 * @param readable algorithms that the sender of a request reads in the response: bit n-1 for the algorithm n
 */
public record Coding(int algorithm, int messageBytes, int readable) {
    /** The message as it is, and nothing else is read. */
    public static final Coding PLAIN = new Coding(0, 0, 0);

    /** Number of gzip. */
    public static final int GZIP = 1;

    private static final int COMPRESSED = 0x01;
    private static final int READS = 0x02;

    /** Of the envelope of a stream. */
    public static Coding ofStream(int algorithm, int readable) {
        return algorithm == 0 && readable == 0 ? PLAIN : new Coding(algorithm, 0, readable);
    }

    /** The message as it is. */
    public static Coding readable(int algorithms) {
        return algorithms == 0 ? PLAIN : new Coding(0, 0, algorithms);
    }

    /** Whether the message is as it is. */
    public boolean isPlain() {
        return algorithm == 0;
    }

    /** Whether the sender reads a compression. */
    public boolean reads(int number) {
        return (readable & 1 << (number - 1)) != 0;
    }

    private boolean isVersionOne() {
        return algorithm == 0 && readable == 0;
    }

    private static boolean isStream(byte kind) {
        return kind == Wire.STREAM_REQUEST || kind == Wire.STREAM_RESPONSE;
    }

    /** Bytes of version, kind and what follows them. */
    int size(byte kind) {
        if (isVersionOne()) {
            return 2;
        }
        int sizeBytes = isStream(kind) ? 0 : Varint.size(messageBytes);
        return 3 + (isPlain() ? 0 : 1 + sizeBytes) + (readable == 0 ? 0 : 1);
    }

    void write(ByteBuffer out, byte kind) {
        if (isVersionOne()) {
            out.put(Wire.VERSION).put(kind);
            return;
        }
        out.put(Wire.VERSION_WITH_FLAGS).put(kind);
        out.put((byte) ((isPlain() ? 0 : COMPRESSED) | (readable == 0 ? 0 : READS)));
        if (!isPlain()) {
            out.put((byte) algorithm);
            if (!isStream(kind)) {
                Varint.write(out, messageBytes);
            }
        }
        if (readable != 0) {
            out.put((byte) readable);
        }
    }

    /** Reads what follows the kind in an envelope of version 2. */
    static Coding read(ByteBuffer in, byte kind) throws MalformedEnvelopeException {
        int flags = Wire.readByte(in, "the flags") & 0xff;
        if ((flags & ~(COMPRESSED | READS)) != 0) {
            throw new MalformedEnvelopeException(
                    "flags 0x" + Integer.toHexString(flags) + " of which only 0x01 and 0x02 are known here");
        }
        int algorithm = 0;
        long messageBytes = 0;
        if ((flags & COMPRESSED) != 0) {
            algorithm = Wire.readByte(in, "the compression") & 0xff;
            messageBytes = isStream(kind) ? 0 : Varint.readLong(in, "the size of the message");
            if (algorithm == 0 || messageBytes > Integer.MAX_VALUE) {
                throw new MalformedEnvelopeException(
                        "compression " + algorithm + " of a message of " + messageBytes + " bytes");
            }
        }
        int readable = (flags & READS) == 0 ? 0 : Wire.readByte(in, "the compressions that can be read") & 0xff;
        return new Coding(algorithm, (int) messageBytes, readable);
    }
}
