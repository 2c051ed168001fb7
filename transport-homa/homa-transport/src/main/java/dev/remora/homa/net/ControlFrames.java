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
    private int frameBytes;
    private int ipId;
    private boolean unflushed;

    ControlFrames(FrameQueue queue, PortCounters counters, long mac) {
        this.queue = queue;
        this.counters = counters;
        this.mac = mac;
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
        frameBytes = Math.max(EthernetHeader.BYTES + packetBytes, EthernetHeader.MIN_FRAME_BYTES);
        long at = frameBytes > queue.capabilities().maxFrameBytes() ? FrameQueue.NO_ROOM : queue.reserve(frameBytes);
        if (at == FrameQueue.NO_ROOM) {
            counters.add(PortCounter.ANSWERS_NO_ROOM);
            return at;
        }
        EthernetHeader.write(queue.memory(), at, destination, mac, etherType);
        for (int i = EthernetHeader.BYTES + packetBytes; i < frameBytes; i++) {
            queue.memory().set(BYTE, at + i, (byte) 0);
        }
        return at + EthernetHeader.BYTES;
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
