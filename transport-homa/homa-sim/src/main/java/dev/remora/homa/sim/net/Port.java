package dev.remora.homa.sim.net;

import dev.remora.homa.sim.EventQueue;
import dev.remora.homa.sim.SimEvent;
import org.jspecify.annotations.Nullable;

/**
 * An egress port: eight queues of strict priority, first in first out in each, and a link behind them.
 *
 * <p>The event of the port is the end of a transmission, needed only while packets wait: an idle port costs no event but
 * the arrival of the packet at the other end. The packet that is being sent counts as gone from the queue. Times of the
 * wire are kept in picoseconds, for at 40 Gbit/s a byte takes 200 of them.
 */
public final class Port extends SimEvent implements PacketSink {
    public static final int LEVELS = 8;
    private static final int PICOS = 1_000;

    private final EventQueue events;
    private final PacketPool pool;
    private final SharedBuffer buffer;
    private final long picosPerByte;
    private final long latencyNs;
    private final @Nullable SimPacket[] heads = new SimPacket[LEVELS];
    private final @Nullable SimPacket[] tails = new SimPacket[LEVELS];
    private PacketSink other;
    /** Bit for each level that has packets. */
    private int waiting;

    private boolean wakes;
    private long freeAtPicos;
    private long queuedBytes;
    private long maxQueuedBytes;
    private long drops;
    private long sentBytes;
    private long sentPackets;

    /**
     * @param gbps rate of the link
     * @param latencyNs from the last bit sent until the other end has the packet: propagation and its own delay
     * @param other the other end
     */
    public Port(EventQueue events, PacketPool pool, SharedBuffer buffer, int gbps, long latencyNs, PacketSink other) {
        this.events = events;
        this.pool = pool;
        this.buffer = buffer;
        this.picosPerByte = picosPerByte(gbps);
        this.latencyNs = latencyNs;
        this.other = other;
    }

    static long picosPerByte(int gbps) {
        return 8_000L / gbps;
    }

    /** Whole nanoseconds, rounded up: nothing arrives before it has been sent. */
    static long nanos(long picos) {
        return (picos + PICOS - 1) / PICOS;
    }

    void connect(PacketSink otherEnd) {
        other = otherEnd;
    }

    /** The packet stands in a queue or goes out at once. */
    @Override
    public void onPacket(SimPacket packet, long nowNs) {
        if (!wakes && freeAtPicos <= nowNs * PICOS) {
            send(packet, nowNs * PICOS);
            return;
        }
        int bytes = packet.wireBytes();
        if (!buffer.reserve(bytes)) {
            drops++;
            pool.give(packet);
            return;
        }
        queuedBytes += bytes;
        maxQueuedBytes = Math.max(maxQueuedBytes, queuedBytes);
        append(packet);
        if (!wakes) {
            wakes = true;
            events.schedule(nanos(freeAtPicos), this);
        }
    }

    /** The link is free again. */
    @Override
    public void run(long nowNs) {
        SimPacket packet = removeMostUrgent();
        if (packet != null) {
            queuedBytes -= packet.wireBytes();
            buffer.free(packet.wireBytes());
            send(packet, freeAtPicos);
        }
        wakes = waiting != 0;
        if (wakes) {
            events.schedule(nanos(freeAtPicos), this);
        }
    }

    private void send(SimPacket packet, long startPicos) {
        freeAtPicos = startPicos + packet.wireBytes() * picosPerByte;
        sentBytes += packet.wireBytes();
        sentPackets++;
        packet.setTarget(other);
        events.schedule(nanos(freeAtPicos) + latencyNs, packet);
    }

    private void append(SimPacket packet) {
        int level = packet.level();
        SimPacket tail = tails[level];
        if (tail == null) {
            heads[level] = packet;
            waiting |= 1 << level;
        } else {
            tail.next = packet;
        }
        tails[level] = packet;
    }

    private @Nullable SimPacket removeMostUrgent() {
        if (waiting == 0) {
            return null;
        }
        int level = 31 - Integer.numberOfLeadingZeros(waiting);
        SimPacket packet = heads[level];
        if (packet == null) {
            return null;
        }
        SimPacket second = packet.next;
        packet.next = null;
        heads[level] = second;
        if (second == null) {
            tails[level] = null;
            waiting &= ~(1 << level);
        }
        return packet;
    }

    void resetStatistics() {
        maxQueuedBytes = queuedBytes;
        drops = 0;
        sentBytes = 0;
        sentPackets = 0;
    }

    /** Bytes on the wire of the packets that wait. */
    public long queuedBytes() {
        return queuedBytes;
    }

    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }

    /** Packets dropped here because the buffer was full. */
    public long drops() {
        return drops;
    }

    public long sentBytes() {
        return sentBytes;
    }

    public long sentPackets() {
        return sentPackets;
    }
}
