package dev.remora.runtime.envelope;

import java.nio.ByteBuffer;

/** What all envelopes share: how they begin, and reads that check the end. */
final class Wire {
    static final byte VERSION = 1;
    static final byte VERSION_WITH_FLAGS = 2;
    static final byte UNARY_REQUEST = 0;
    static final byte UNARY_RESPONSE = 1;
    static final byte STREAM_REQUEST = 2;
    static final byte STREAM_RESPONSE = 3;

    private Wire() {}

    static byte readByte(ByteBuffer in, String what) throws MalformedEnvelopeException {
        if (!in.hasRemaining()) {
            throw new MalformedEnvelopeException("ends at byte " + in.position() + ", where " + what + " should stand");
        }
        return in.get();
    }

    /** A byte of which no other bits than {@code known} may be set. */
    static int readFlags(ByteBuffer in, int known) throws MalformedEnvelopeException {
        int flags = readByte(in, "the flags") & 0xff;
        if ((flags & ~known) != 0) {
            throw new MalformedEnvelopeException("unknown flags 0x" + Integer.toHexString(flags & ~known));
        }
        return flags;
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

    static boolean isVersion(byte version) {
        return version == VERSION || version == VERSION_WITH_FLAGS;
    }

    /** Reads version, kind and, of version 2, flags and what they announce. */
    static Coding readHead(ByteBuffer in, byte kind) throws MalformedEnvelopeException {
        byte version = readByte(in, "the version");
        if (!isVersion(version)) {
            throw new MalformedEnvelopeException("version " + (version & 0xff)
                    + " of the envelope is not known here, only " + VERSION + " and " + VERSION_WITH_FLAGS);
        }
        byte actual = readByte(in, "the kind");
        if (actual != kind) {
            throw new MalformedEnvelopeException("kind " + (actual & 0xff) + " where " + kind + " is expected");
        }
        return version == VERSION ? Coding.PLAIN : Coding.read(in, kind);
    }
}
