package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.Tunable;

/** W1, W2: each packet sent has the right length, all fields in range and unused bytes zero. */
final class PacketForm {
    private static final int IPV4_HEADER = 20;
    private static final int MAX_MESSAGE = 1_000_000;

    private final int mtu;
    private final int levels;

    PacketForm(FaultPlan plan) {
        mtu = (int) plan.knob(Tunable.MTU);
        levels = (int) plan.knob(Tunable.NUM_PRIORITIES);
    }

    /** Message bytes of a full packet. */
    int segmentBytes() {
        return mtu - IPV4_HEADER - WirePacket.DATA_HEADER;
    }

    void check(WirePacket p, int level) {
        need(level >= 0 && level < levels, "level " + level, p);
        need(p.length() >= 28, "shorter than a header", p);
        need(p.u16(0) != 0 && p.u16(2) != 0, "port 0", p);
        need((p.i32(8) & 0xFFFFFF00) == 0, "bytes 8-10 not zero", p);
        need(p.u16(14) == 0, "window not zero", p);
        need(p.u8(13) == 0x06, "flags", p);
        need(p.u16(18) == 0xb97d, "urgent", p);
        need((p.senderId() & ~1L) != 0, "id " + p.senderId(), p);
        boolean data = p.type() == WirePacket.DATA;
        need(p.u8(12) == (data ? 0xE0 : 0x50), "data offset " + p.u8(12), p);
        need(data || p.sequence() == 0, "sequence in a control packet", p);
        switch (p.type()) {
            case WirePacket.DATA -> checkData(p);
            case WirePacket.GRANT -> {
                need(p.length() == 33 || p.length() == 34 && p.u8(33) == 0, "length", p);
                need(p.i32(28) > 0 && p.i32(28) <= MAX_MESSAGE, "offset", p);
                need(p.u8(32) < levels, "priority", p);
            }
            case WirePacket.RESEND -> {
                need(p.length() == 37, "length", p);
                need(p.i32(28) >= 0 && p.i32(28) <= MAX_MESSAGE, "offset", p);
                need(p.i32(32) >= -1 && p.i32(32) <= MAX_MESSAGE - p.i32(28), "range", p);
                need(p.u8(36) < levels, "priority", p);
            }
            case WirePacket.RPC_UNKNOWN, WirePacket.BUSY, WirePacket.NEED_ACK -> need(p.length() == 28, "length", p);
            case WirePacket.CUTOFFS -> checkCutoffs(p);
            case WirePacket.ACK -> checkAck(p);
            default -> need(false, "type " + p.type(), p);
        }
    }

    private void checkData(WirePacket p) {
        need(p.length() >= WirePacket.DATA_HEADER && p.length() <= mtu - IPV4_HEADER, "length", p);
        need(p.messageLength() > 0 && p.messageLength() <= MAX_MESSAGE, "message length", p);
        need(p.incoming() >= 0 && p.incoming() <= p.messageLength(), "incoming", p);
        checkEntry(p, 36, true);
        need(p.u8(48) <= 1, "retransmit", p);
        need(p.u8(49) <= 1, "extension", p);
        need(p.u16(50) == 0, "pad not zero", p);
        int segmentOffset = p.i32(52);
        need(segmentOffset == -1 || segmentOffset == p.sequence(), "offsets differ", p);
        need(segmentOffset != -1 || !p.retransmit(), "retransmission without an offset of its own", p);
        int offset = p.dataOffset();
        need(offset >= 0 && offset < p.messageLength(), "offset", p);
        need(p.dataLength() <= p.messageLength() - offset, "beyond the end", p);
        need(p.dataLength() > 0 || offset == 0, "no data", p);
    }

    private static void checkCutoffs(WirePacket p) {
        need(p.length() == 62, "length", p);
        for (int i = 0; i < 8; i++) {
            need(p.i32(28 + 4 * i) >= 0, "negative cutoff", p);
        }
        need(p.u16(60) != 0, "version 0", p);
    }

    private static void checkAck(WirePacket p) {
        need(p.length() == 80, "length", p);
        int count = p.u16(28);
        need(count <= 5, "entries", p);
        for (int i = 0; i < 5; i++) {
            checkEntry(p, 30 + i * 10, i >= count);
        }
    }

    private static void checkEntry(WirePacket p, int at, boolean mayBeEmpty) {
        long id = p.i64(at);
        int port = p.u16(at + 8);
        need((id & 1) == 0, "odd id acknowledged", p);
        need(id != 0 ? port != 0 : port == 0 && mayBeEmpty, "acknowledgment of " + id + " at port " + port, p);
    }

    private static void need(boolean condition, String what, WirePacket p) {
        if (!condition) {
            throw new FaultViolation("W1: " + what + ": " + p);
        }
    }
}
