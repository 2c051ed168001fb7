package dev.remora.homa.sim.net;

import dev.remora.homa.sim.EventQueue;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Racks below core switches, every rack connected to every core switch. One rack alone is a star: two hosts, or the many
 * senders and one receiver of an incast.
 */
public final class LeafSpine implements Topology {
    private final NetParameters parameters;
    private final Switch[] leaves;
    /** By host. */
    private final Port[] edges;
    /** Ports from racks up and from core switches down. */
    private final Port[] core;

    public LeafSpine(EventQueue events, PacketPool pool, NetParameters parameters, long seed) {
        this.parameters = parameters;
        int racks = parameters.racks();
        int perRack = parameters.hostsPerRack();
        int spines = parameters.spines();
        int hosts = parameters.hosts();
        SplittableRandom seeds = new SplittableRandom(seed);
        PacketSink nowhere = (packet, nowNs) -> pool.give(packet);
        long toHost = parameters.propagationNs() + parameters.hostReceiveNs();
        long toSwitch = parameters.propagationNs() + parameters.switchDelayNs();

        edges = new Port[hosts];
        core = new Port[2 * racks * spines];
        leaves = new Switch[racks];
        for (int rack = 0; rack < racks; rack++) {
            SharedBuffer buffer = new SharedBuffer(parameters.bufferBytes());
            Port[] ports = new Port[perRack + spines];
            int[] first = new int[hosts];
            int[] count = new int[hosts];
            Arrays.fill(first, perRack);
            Arrays.fill(count, Math.max(1, spines));
            for (int slot = 0; slot < perRack; slot++) {
                int host = rack * perRack + slot;
                edges[host] = new Port(events, pool, buffer, parameters.edgeGbps(), toHost, nowhere);
                ports[slot] = edges[host];
                first[host] = slot;
                count[host] = 1;
            }
            for (int spine = 0; spine < spines; spine++) {
                Port up = new Port(events, pool, buffer, parameters.coreGbps(), toSwitch, nowhere);
                ports[perRack + spine] = up;
                core[rack * spines + spine] = up;
            }
            leaves[rack] = new Switch(ports, first, count, seeds.nextLong());
        }
        for (int spine = 0; spine < spines; spine++) {
            connectSpine(events, pool, spine, toSwitch);
        }
    }

    private void connectSpine(EventQueue events, PacketPool pool, int spine, long toSwitch) {
        int racks = parameters.racks();
        int spines = parameters.spines();
        int hosts = parameters.hosts();
        SharedBuffer buffer = new SharedBuffer(parameters.bufferBytes());
        Port[] ports = new Port[racks];
        int[] first = new int[hosts];
        int[] count = new int[hosts];
        Arrays.fill(count, 1);
        for (int rack = 0; rack < racks; rack++) {
            ports[rack] = new Port(events, pool, buffer, parameters.coreGbps(), toSwitch, leaves[rack]);
            core[(racks + rack) * spines + spine] = ports[rack];
        }
        for (int host = 0; host < hosts; host++) {
            first[host] = rackOf(host);
        }
        Switch center = new Switch(ports, first, count, 0);
        for (int rack = 0; rack < racks; rack++) {
            core[rack * spines + spine].connect(center);
        }
    }

    private int rackOf(int host) {
        return host / parameters.hostsPerRack();
    }

    @Override
    public NetParameters parameters() {
        return parameters;
    }

    @Override
    public int hosts() {
        return parameters.hosts();
    }

    @Override
    public PacketSink ingress(int host) {
        return leaves[rackOf(host)];
    }

    @Override
    public void attach(int host, PacketSink receiver) {
        edges[host].connect(receiver);
    }

    @Override
    public Port edge(int host) {
        return edges[host];
    }

    /** Port from a rack up to a core switch. */
    public Port uplink(int rack, int spine) {
        return core[rack * parameters.spines() + spine];
    }

    @Override
    public boolean sameRack(int host, int other) {
        return rackOf(host) == rackOf(other);
    }

    @Override
    public long drops() {
        long sum = 0;
        for (Port port : edges) {
            sum += port.drops();
        }
        for (Port port : core) {
            sum += port.drops();
        }
        return sum;
    }

    @Override
    public long maxEdgeQueueBytes() {
        return max(edges);
    }

    @Override
    public long maxCoreQueueBytes() {
        return max(core);
    }

    private static long max(Port[] ports) {
        long max = 0;
        for (Port port : ports) {
            max = Math.max(max, port.maxQueuedBytes());
        }
        return max;
    }

    @Override
    public void resetStatistics() {
        for (Port port : edges) {
            port.resetStatistics();
        }
        for (Port port : core) {
            port.resetStatistics();
        }
    }
}
