package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.packet.EthernetHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The way out for what a port sends on its own account: padded, never waiting, flushed once per burst. */
final class ControlFrames {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final FrameQueue queue;
    private final PortCounters counters;
    private final long mac;
    private final int vlan;
    private final int headerBytes;
    private int frameBytes;
    private int ipId;
    private boolean unflushed;

    /** @param vlan of our frames; 0 for frames without a tag */
    ControlFrames(FrameQueue queue, PortCounters counters, long mac, int vlan) {
        this.queue = queue;
        this.counters = counters;
        this.mac = mac;
        this.vlan = vlan;
        headerBytes = EthernetHeader.BYTES + (vlan == 0 ? 0 : EthernetHeader.TAG_BYTES);
    }

    MemorySegment memory() {
        return queue.memory();
    }

    /**
     * A place for a packet, with the Ethernet header before it written.
     *
     * @return its offset, or {@link FrameQueue#NO_ROOM}, which is counted
     */
    long reserve(long destination, int etherType, int packetBytes) {
        frameBytes = Math.max(headerBytes + packetBytes, EthernetHeader.MIN_FRAME_BYTES);
        long at = frameBytes > queue.capabilities().maxFrameBytes() ? FrameQueue.NO_ROOM : queue.reserve(frameBytes);
        if (at == FrameQueue.NO_ROOM) {
            counters.add(PortCounter.ANSWERS_NO_ROOM);
            return at;
        }
        if (vlan == 0) {
            EthernetHeader.write(queue.memory(), at, destination, mac, etherType);
        } else {
            EthernetHeader.writeTagged(queue.memory(), at, destination, mac, 0, vlan, etherType);
        }
        for (int i = headerBytes + packetBytes; i < frameBytes; i++) {
            queue.memory().set(BYTE, at + i, (byte) 0);
        }
        return at + headerBytes;
    }

    void commit(PortCounter counter) {
        queue.commit(frameBytes, Offload.NONE, 0, 0);
        counters.add(counter);
        unflushed = true;
    }

    int nextIpId() {
        ipId = ipId + 1 & 0xFFFF;
        return ipId;
    }

    void flush() {
        if (unflushed) {
            unflushed = false;
            queue.flush();
        }
    }
}
