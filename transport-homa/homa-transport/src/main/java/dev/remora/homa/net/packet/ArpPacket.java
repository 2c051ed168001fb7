package dev.remora.homa.net.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** ARP for IPv4 over Ethernet (RFC 826). Offsets are those of the packet, behind the Ethernet header. */
public final class ArpPacket {
    public static final int BYTES = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L << 16;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private ArpPacket() {}

    /** Whether it is a request or reply of the form the other methods read. */
    public static boolean isValid(MemorySegment m, long at, int bytes) {
        if (bytes < BYTES) {
            return false;
        }
        long head = m.get(LONG, at);
        return head == (ETHERNET_IPV4 | REQUEST) || head == (ETHERNET_IPV4 | REPLY);
    }

    public static int operation(MemorySegment m, long at) {
        return m.get(SHORT, at + 6) & 0xFFFF;
    }

    public static long senderMac(MemorySegment m, long at) {
        return MacAddress.read(m, at + 8);
    }

    public static int senderIp(MemorySegment m, long at) {
        return m.get(INT, at + 14);
    }

    public static int targetIp(MemorySegment m, long at) {
        return m.get(INT, at + 24);
    }

    public static void write(
            MemorySegment m, long at, int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        m.set(LONG, at, ETHERNET_IPV4 | operation);
        MacAddress.write(m, at + 8, senderMac);
        m.set(INT, at + 14, senderIp);
        MacAddress.write(m, at + 18, targetMac);
        m.set(INT, at + 24, targetIp);
    }
}
