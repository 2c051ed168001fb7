package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.TransmitUnit;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * One packet on the wire and an independent reading of its fields: offsets are written out here again, so that an error
 * in the protocol's own accessors cannot hide itself.
 */
final class WirePacket {
    static final int DATA = 0x10;
    static final int GRANT = 0x11;
    static final int RESEND = 0x12;
    static final int RPC_UNKNOWN = 0x13;
    static final int BUSY = 0x14;
    static final int CUTOFFS = 0x15;
    static final int NEED_ACK = 0x17;
    static final int ACK = 0x18;
    static final int DATA_HEADER = 56;

    private static final String[] NAMES = {
        "DATA", "GRANT", "RESEND", "RPC_UNKNOWN", "BUSY", "CUTOFFS", "FREEZE", "NEED_ACK", "ACK"
    };

    final int from;
    final int fromIncarnation;
    final int to;
    final byte[] bytes;
    private final ByteBuffer fields;

    WirePacket(int from, int fromIncarnation, int to, byte[] bytes) {
        this.from = from;
        this.fromIncarnation = fromIncarnation;
        this.to = to;
        this.bytes = bytes;
        this.fields = ByteBuffer.wrap(bytes);
    }

    /** Packet {@code index} of a unit, as segmentation offload of TCP makes it: only the sequence advances. */
    static WirePacket cut(int from, int fromIncarnation, int to, TransmitUnit unit, int index) {
        int at = index * unit.segmentBytes;
        int data = Math.min(unit.segmentBytes, unit.payloadLength - at);
        byte[] bytes = new byte[unit.headerLength + data];
        MemorySegment.copy(unit.header, ValueLayout.JAVA_BYTE, 0, bytes, 0, unit.headerLength);
        if (data > 0) {
            unit.copyPayload(at, data, MemorySegment.ofArray(bytes), unit.headerLength);
        }
        WirePacket packet = new WirePacket(from, fromIncarnation, to, bytes);
        if (at > 0) {
            packet.fields.putInt(4, packet.sequence() + at);
        }
        return packet;
    }

    WirePacket withBytes(byte[] other) {
        return new WirePacket(from, fromIncarnation, to, other);
    }

    int length() {
        return bytes.length;
    }

    int u8(int at) {
        return bytes[at] & 0xFF;
    }

    int u16(int at) {
        return fields.getShort(at) & 0xFFFF;
    }

    int i32(int at) {
        return fields.getInt(at);
    }

    long i64(int at) {
        return fields.getLong(at);
    }

    int type() {
        return u8(11);
    }

    int sequence() {
        return i32(4);
    }

    long senderId() {
        return i64(20);
    }

    int messageLength() {
        return i32(28);
    }

    int incoming() {
        return i32(32);
    }

    boolean retransmit() {
        return u8(48) != 0;
    }

    int dataLength() {
        return bytes.length - DATA_HEADER;
    }

    int dataOffset() {
        return i32(52) == -1 ? sequence() : i32(52);
    }

    String name() {
        int index = bytes.length < 28 ? -1 : type() - DATA;
        return index < 0 || index >= NAMES.length ? "?" : NAMES[index];
    }

    @Override
    public String toString() {
        String text = from + "->" + to + " " + name();
        if (bytes.length < 28) {
            return text;
        }
        text += " id " + Long.toHexString(senderId());
        if (type() == DATA && bytes.length >= DATA_HEADER) {
            return text + " [" + dataOffset() + "+" + dataLength() + " of " + messageLength() + ") incoming "
                    + incoming() + (retransmit() ? " again" : "");
        }
        if (type() == GRANT && bytes.length >= 33) {
            return text + " to " + i32(28);
        }
        return type() == RESEND && bytes.length >= 37 ? text + " " + i32(28) + "+" + i32(32) : text;
    }
}
