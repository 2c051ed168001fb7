package dev.remora.homa.sim.net;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.sim.EventQueue;

/**
 * A network and its hosts, all with the same application object and knobs. They share one pool of message memory, for a
 * simulation has one thread and memory must suffice for all of them, not for each at its worst.
 */
public final class Cluster {
    /** Times given to the protocol are greater than 0. */
    private static final long START_NS = 1_000;

    private static final int LONGEST_PACKET_BYTES = 1_500;
    /** Address ranges and heap only as far as used. */
    private static final long MESSAGE_MEMORY_BYTES = 64L << 30;

    private final EventQueue events = new EventQueue(START_NS);
    private final PacketPool pool = new PacketPool(LONGEST_PACKET_BYTES);
    private final PacketDigest digest = new PacketDigest();
    private final SlabMessageBuffers buffers = SlabMessageBuffers.heap(MESSAGE_MEMORY_BYTES);
    private final Topology topology;
    private final SimHost[] hosts;

    /** @param config its seed is replaced by one for each host */
    public Cluster(NetParameters net, HomaConfig config, long seed, HostApplication application) {
        topology = new LeafSpine(events, pool, net, seed);
        hosts = new SimHost[net.hosts()];
        for (int i = 0; i < hosts.length; i++) {
            HomaConfig own = config.withSeed(seed * hosts.length + i + 1);
            hosts[i] = new SimHost(events, pool, topology, i, own, buffers, application, digest);
        }
    }

    public EventQueue events() {
        return events;
    }

    public Topology topology() {
        return topology;
    }

    public SimHost host(int number) {
        return hosts[number];
    }

    public int hosts() {
        return hosts.length;
    }

    /** Of all packets delivered to hosts. */
    public PacketDigest digest() {
        return digest;
    }

    /** Packets in queues and on wires. */
    public long packetsUnderWay() {
        return pool.out();
    }

    /** Buffers that hold messages. */
    public int buffersInUse() {
        return buffers.inUse();
    }

    /** Packets that endpoints did not accept; without faults there are none. */
    public long packetsRefused() {
        long sum = 0;
        for (SimHost host : hosts) {
            sum += host.dropped();
        }
        return sum;
    }
}
