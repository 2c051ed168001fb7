package dev.remora.homa.sim.net;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.TransmitUnit;
import dev.remora.homa.protocol.Verdict;
import dev.remora.homa.protocol.receive.MessageBuffers;
import dev.remora.homa.sim.EventQueue;
import dev.remora.homa.sim.SimEvent;
import java.util.Arrays;

/**
 * A host: one endpoint with its card, driven as a poll loop without load drives it. Each packet is a burst of its own: on
 * the links of the simulated networks packets come further apart than a loop needs for one.
 */
public final class SimHost implements PacketSink {
    private static final long IPV4_MAPPED = 0xffff_0000_0000L;
    /** 10.0.0.1 is host 0. */
    private static final long FIRST_ADDRESS = 0x0a00_0001L;

    private final PacketPool pool;
    private final HostNic nic;
    private final HostApplication application;
    private final PacketDigest digest;
    private final HomaEndpoint endpoint;
    private final int number;
    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();
    private final Timer timer;
    private long dropped;

    public SimHost(
            EventQueue events,
            PacketPool pool,
            Topology topology,
            int number,
            HomaConfig config,
            MessageBuffers buffers,
            HostApplication application,
            PacketDigest digest) {
        this.pool = pool;
        this.number = number;
        this.application = application;
        this.digest = digest;
        nic = new HostNic(events, pool, topology.parameters(), number, topology.ingress(number));
        endpoint = new HomaEndpoint(config, buffers, events.nowNs());
        timer = new Timer(events);
        topology.attach(number, this);
    }

    public static long addressHigh() {
        return 0;
    }

    /** IPv4 address of a host as the lower half of an IPv6 address. */
    public static long addressLow(int host) {
        return IPV4_MAPPED | (FIRST_ADDRESS + host);
    }

    /** The host with that address. */
    public static int hostAt(long addressLow) {
        return (int) ((addressLow & ~IPV4_MAPPED) - FIRST_ADDRESS);
    }

    @Override
    public void onPacket(SimPacket packet, long nowNs) {
        digest.add(packet, nowNs);
        Verdict verdict = endpoint.onPacket(
                addressHigh(), addressLow(packet.source()), packet.memory(), 0, packet.length(), nowNs);
        if (verdict != Verdict.ACCEPTED) {
            dropped++;
        }
        pool.give(packet);
        endpoint.onBurstEnd(nowNs);
        pump(nowNs);
    }

    /** Hands on what the endpoint has for the application and the card. To be called after every command. */
    public void pump(long nowNs) {
        do {
            while (endpoint.pollEvent(event)) {
                application.onEvent(this, event, nowNs);
            }
        } while (transmit(nowNs));
        long deadline = endpoint.nextDeadlineNs(nowNs);
        if (!nic.hasRoom(nowNs)) {
            deadline = Math.max(deadline, nic.roomAtNs(nowNs));
        }
        timer.runAt(Math.max(deadline, nowNs + 1));
    }

    private boolean transmit(long nowNs) {
        boolean sent = false;
        endpoint.onTransmitCapacity(nic.queuedBytes(nowNs), nowNs);
        while (nic.hasRoom(nowNs) && endpoint.pollTransmit(unit, nowNs)) {
            nic.send(unit, hostAt(unit.peerLow), nowNs);
            sent = true;
        }
        return sent;
    }

    public HomaEndpoint endpoint() {
        return endpoint;
    }

    public HostNic nic() {
        return nic;
    }

    public int number() {
        return number;
    }

    /** Packets that the endpoint did not accept. */
    public long dropped() {
        return dropped;
    }

    /**
     * Deadlines change with every packet, and events cannot be taken back. So an event is scheduled only when it must come
     * earlier than those that are; the times of these then form a stack with the next one on top.
     */
    private final class Timer extends SimEvent {
        private final EventQueue events;
        private long[] times = new long[16];
        private int depth;

        Timer(EventQueue events) {
            this.events = events;
        }

        void runAt(long timeNs) {
            if (timeNs == Long.MAX_VALUE || (depth > 0 && times[depth - 1] <= timeNs)) {
                return;
            }
            if (depth == times.length) {
                times = Arrays.copyOf(times, 2 * depth);
            }
            times[depth++] = timeNs;
            events.schedule(timeNs, this);
        }

        @Override
        public void run(long nowNs) {
            depth--;
            endpoint.onTick(nowNs);
            pump(nowNs);
        }
    }
}
