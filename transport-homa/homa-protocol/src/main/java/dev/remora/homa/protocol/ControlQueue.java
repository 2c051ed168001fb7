package dev.remora.homa.protocol;

import dev.remora.homa.protocol.priority.Cutoffs;
import dev.remora.homa.protocol.wire.HomaHeader;

/**
 * Control packets on their way out, first in, first out, in a bounded ring of primitive arrays. When it is full a packet is
 * not queued: every control packet of Homa may get lost, and the protocol's timers repair that.
 */
final class ControlQueue {
    private static final int INITIAL = 256;
    private static final int MOST = 1 << 16;

    private long[] peerHigh = new long[INITIAL];
    private long[] peerLow = new long[INITIAL];
    private long[] ids = new long[INITIAL];
    private int[] ports = new int[INITIAL];
    private int[] types = new int[INITIAL];
    private int[] a = new int[INITIAL];
    private int[] b = new int[INITIAL];
    private int[] c = new int[INITIAL];
    private long[] ackIds = new long[INITIAL * HomaHeader.MAX_ACKS];
    private int[] ackPorts = new int[INITIAL * HomaHeader.MAX_ACKS];
    private final int[] values = new int[Cutoffs.LEVELS];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /**
     * @param x first field of the type: GRANT and RESEND offset, ACK 0
     * @param y GRANT priority, RESEND length
     * @param z RESEND priority
     * @return false when full
     */
    boolean add(int type, long high, long low, int localPort, int peerPort, long id, int x, int y, int z) {
        if (size == types.length && !grow()) {
            return false;
        }
        int at = (head + size) & (types.length - 1);
        size++;
        types[at] = type;
        peerHigh[at] = high;
        peerLow[at] = low;
        ports[at] = localPort << 16 | peerPort;
        ids[at] = id;
        a[at] = x;
        b[at] = y;
        c[at] = z;
        return true;
    }

    /** Adds an acknowledgment to the ACK packet queued last. */
    void addAckEntry(long id, int serverPort) {
        int at = (head + size - 1) & (types.length - 1);
        int count = a[at]++;
        ackIds[at * HomaHeader.MAX_ACKS + count] = id;
        ackPorts[at * HomaHeader.MAX_ACKS + count] = serverPort;
    }

    /** Takes the first packet out and writes it; false when there is none. CUTOFFS say what the table is now. */
    boolean poll(TransmitUnit unit, Cutoffs cutoffs) {
        if (size == 0) {
            return false;
        }
        int at = head;
        head = (head + 1) & (types.length - 1);
        size--;
        int type = types[at];
        unit.noPayload();
        unit.type = type;
        unit.peerHigh = peerHigh[at];
        unit.peerLow = peerLow[at];
        unit.headerLength = HomaHeader.minimumBytes(type);
        HomaHeader.writeCommon(unit.header, 0, ports[at] >>> 16, ports[at] & 0xffff, 0, type, 5, ids[at]);
        switch (type) {
            case HomaHeader.GRANT -> HomaHeader.writeGrant(unit.header, 0, a[at], b[at]);
            case HomaHeader.RESEND -> HomaHeader.writeResend(unit.header, 0, a[at], b[at], c[at]);
            case HomaHeader.CUTOFFS -> writeCutoffs(unit, cutoffs);
            case HomaHeader.ACK -> writeAcks(unit, at);
            default -> {
                // nothing after the common header
            }
        }
        return true;
    }

    private void writeCutoffs(TransmitUnit unit, Cutoffs cutoffs) {
        for (int level = 0; level < values.length; level++) {
            values[level] = cutoffs.cutoff(level);
        }
        HomaHeader.writeCutoffs(unit.header, 0, values, cutoffs.version());
    }

    private void writeAcks(TransmitUnit unit, int at) {
        HomaHeader.writeAckCount(unit.header, 0, a[at]);
        for (int i = 0; i < HomaHeader.MAX_ACKS; i++) {
            boolean used = i < a[at];
            int from = at * HomaHeader.MAX_ACKS + i;
            HomaHeader.writeAckEntry(unit.header, 0, i, used ? ackIds[from] : 0, used ? ackPorts[from] : 0);
        }
    }

    private boolean grow() {
        int old = types.length;
        if (old == MOST) {
            return false;
        }
        peerHigh = unrolled(peerHigh, 1);
        peerLow = unrolled(peerLow, 1);
        ids = unrolled(ids, 1);
        ackIds = unrolled(ackIds, HomaHeader.MAX_ACKS);
        ports = unrolled(ports, 1);
        types = unrolled(types, 1);
        a = unrolled(a, 1);
        b = unrolled(b, 1);
        c = unrolled(c, 1);
        ackPorts = unrolled(ackPorts, HomaHeader.MAX_ACKS);
        head = 0;
        return true;
    }

    private long[] unrolled(long[] from, int width) {
        long[] to = new long[from.length * 2];
        int first = from.length - head * width;
        System.arraycopy(from, head * width, to, 0, first);
        System.arraycopy(from, 0, to, first, head * width);
        return to;
    }

    private int[] unrolled(int[] from, int width) {
        int[] to = new int[from.length * 2];
        int first = from.length - head * width;
        System.arraycopy(from, head * width, to, 0, first);
        System.arraycopy(from, 0, to, first, head * width);
        return to;
    }
}
