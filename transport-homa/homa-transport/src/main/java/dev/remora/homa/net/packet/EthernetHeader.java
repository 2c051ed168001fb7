package dev.remora.homa.net.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The 14 bytes before a packet, and the 4 of an 802.1Q tag that may stand before the type. */
public final class EthernetHeader {
    public static final int BYTES = 14;
    public static final int TAG_BYTES = 4;
    /** Shortest frame, without its check sequence; shorter ones are padded. */
    public static final int MIN_FRAME_BYTES = 60;

    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int TAG = 0x8100;
    public static final int IPV6 = 0x86DD;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private EthernetHeader() {}

    public static void write(MemorySegment m, long at, long destination, long source, int type) {
        MacAddress.write(m, at, destination);
        MacAddress.write(m, at + 6, source);
        m.set(SHORT, at + 12, (short) type);
    }

    /** The same with a tag. */
    public static void writeTagged(
            MemorySegment m, long at, long destination, long source, int priority, int vlan, int type) {
        write(m, at, destination, source, TAG);
        m.set(SHORT, at + BYTES, (short) (priority << 13 | vlan));
        m.set(SHORT, at + BYTES + 2, (short) type);
    }

    /** Changes the priority in a tag, 0 to 7. */
    public static void setPriority(MemorySegment m, long at, int priority) {
        m.set(SHORT, at + BYTES, (short) (priority << 13 | vlan(m, at)));
    }

    /** Of a tagged frame: the priority, as 802.1Q counts it. */
    public static int priority(MemorySegment m, long at) {
        return (m.get(SHORT, at + BYTES) & 0xFFFF) >>> 13;
    }

    /** Length of the header, with the tag if there is one. */
    public static int bytes(MemorySegment m, long at) {
        return type(m, at) == TAG ? BYTES + TAG_BYTES : BYTES;
    }

    public static long destination(MemorySegment m, long at) {
        return MacAddress.read(m, at);
    }

    public static long source(MemorySegment m, long at) {
        return MacAddress.read(m, at + 6);
    }

    public static int type(MemorySegment m, long at) {
        return m.get(SHORT, at + 12) & 0xFFFF;
    }

    /** Of a tagged frame: the VLAN, 0 when the tag is there for the priority only. */
    public static int vlan(MemorySegment m, long at) {
        return m.get(SHORT, at + 14) & 0x0FFF;
    }

    /** Of a tagged frame: the type behind the tag. */
    public static int typeBehindTag(MemorySegment m, long at) {
        return m.get(SHORT, at + 16) & 0xFFFF;
    }
}
