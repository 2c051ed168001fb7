package dev.remora.runtime.envelope;

import java.nio.ByteBuffer;

/** Unsigned LEB128, as protobuf has it. */
final class Varint {
    private Varint() {}

    /** Bytes that {@code value} takes, 1 to 10. */
    static int size(long value) {
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    static void write(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    /** A number of at most 63 bits. */
    static long readLong(ByteBuffer in, String what) throws MalformedEnvelopeException {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte b = Wire.readByte(in, what);
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new MalformedEnvelopeException(what + " at byte " + in.position() + " has more than 63 bits");
    }

    /** A length that fits into what is left. */
    static int readLength(ByteBuffer in, String what) throws MalformedEnvelopeException {
        int at = in.position();
        long length = readLong(in, what);
        if (length > in.remaining()) {
            throw new MalformedEnvelopeException(
                    what + " at byte " + at + " is " + length + ", but only " + in.remaining() + " bytes follow");
        }
        return (int) length;
    }
}
