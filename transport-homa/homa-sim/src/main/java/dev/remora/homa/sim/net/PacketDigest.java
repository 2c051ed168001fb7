package dev.remora.homa.sim.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A number made of all packets delivered: their times, ways and headers. Two runs of one seed must have the same.
 */
public final class PacketDigest {
    private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;
    private static final int COMMON_HEADER_BYTES = 28;

    private long value;
    private long packets;

    void add(SimPacket packet, long nowNs) {
        packets++;
        MemorySegment memory = packet.memory();
        long sum = mix(value, nowNs);
        sum = mix(
                sum,
                ((long) packet.source() << 32)
                        | (packet.destination() << 16)
                        | (packet.level() << 13)
                        | packet.length());
        if (packet.length() >= COMMON_HEADER_BYTES) {
            sum = mix(sum, memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
            sum = mix(sum, memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 8));
            sum = mix(sum, memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 20));
        }
        value = sum;
    }

    private static long mix(long sum, long word) {
        long mixed = (sum ^ word) * FACTOR;
        return mixed ^ (mixed >>> 29);
    }

    public long value() {
        return value;
    }

    public long packets() {
        return packets;
    }
}
