package dev.remora.runtime.envelope;

import java.nio.ByteBuffer;

/** What both envelopes share: the first two bytes, and reads that check the end. */
final class Wire {
    static final byte VERSION = 1;
    static final byte UNARY_REQUEST = 0;
    static final byte UNARY_RESPONSE = 1;

    private Wire() {}

    static byte readByte(ByteBuffer in, String what) throws MalformedEnvelopeException {
        if (!in.hasRemaining()) {
            throw new MalformedEnvelopeException("ends at byte " + in.position() + ", where " + what + " should stand");
        }
        return in.get();
    }

    static byte[] readBytes(ByteBuffer in, String what) throws MalformedEnvelopeException {
        byte[] bytes = new byte[Varint.readLength(in, "length of " + what)];
        in.get(bytes);
        return bytes;
    }

    static void writeBytes(ByteBuffer out, byte[] bytes) {
        Varint.write(out, bytes.length);
        out.put(bytes);
    }

    static int size(byte[] bytes) {
        return Varint.size(bytes.length) + bytes.length;
    }

    static void readHead(ByteBuffer in, byte kind) throws MalformedEnvelopeException {
        byte version = readByte(in, "the version");
        if (version != VERSION) {
            throw new MalformedEnvelopeException(
                    "version " + (version & 0xff) + " of the envelope is not known here, only " + VERSION);
        }
        byte actual = readByte(in, "the kind");
        if (actual != kind) {
            throw new MalformedEnvelopeException("kind " + (actual & 0xff) + " where " + kind + " is expected");
        }
    }
}
