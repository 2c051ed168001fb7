package dev.remora.homa.sim.experiment;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.sim.EventQueue;
import dev.remora.homa.sim.net.Cluster;
import dev.remora.homa.sim.net.HostApplication;
import dev.remora.homa.sim.net.NetParameters;
import dev.remora.homa.sim.net.SimHost;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Best time of a message: the same protocol sends it alone on a network with the same links, for each size and distance
 * once. So the slowdown tells what other messages cost, while {@link #efficiency} tells what the protocol itself costs.
 */
public final class UnloadedTimes implements HostApplication {
    private static final int TRIES = 2;
    /** Time for response and acknowledgment. */
    private static final long PAUSE_NS = 100_000;
    /** No message takes so long alone. */
    private static final long GIVE_UP_NS = 1_000_000_000L;

    private static final int CLIENT_PORT = 40_000;

    private final NetParameters net;
    private final Cluster cluster;
    private final int near;
    private final int far;
    private final MemorySegment bytes = MemorySegment.ofArray(new byte[Workload.MAX_BYTES]);
    /** By size x 2 + (1 when through the core). */
    private final Map<Integer, Long> known = new HashMap<>();

    private long deliveredNs;

    public UnloadedTimes(NetParameters net, HomaConfig config) {
        this.net = net;
        // The smallest part of the network that has all its distances.
        NetParameters part = net.racks() == 1 ? net.withHosts(1, 2) : net.withHosts(2, 2);
        cluster = new Cluster(part, config, 1, this);
        near = 1;
        far = part.hosts() - 1;
        for (int i = 0; i < cluster.hosts(); i++) {
            cluster.host(i).endpoint().listen(Traffic.SERVER_PORT);
        }
        // Peers get to know each other.
        send(1, near);
        send(1, far);
    }

    /** From the command of the sender until the receiver's application has the message. */
    public long timeNs(int sizeBytes, boolean sameRack) {
        int key = 2 * sizeBytes + (sameRack ? 0 : 1);
        Long time = known.get(key);
        if (time == null) {
            time = measure(sizeBytes, sameRack ? near : far);
            known.put(key, time);
        }
        return time;
    }

    private long measure(int sizeBytes, int to) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TRIES; i++) {
            best = Math.min(best, send(sizeBytes, to));
        }
        return best;
    }

    private long send(int sizeBytes, int to) {
        EventQueue events = cluster.events();
        SimHost host = cluster.host(0);
        HomaEndpoint endpoint = host.endpoint();
        long startNs = events.nowNs();
        deliveredNs = 0;
        endpoint.sendRequest(
                SimHost.addressHigh(),
                SimHost.addressLow(to),
                Traffic.SERVER_PORT,
                CLIENT_PORT,
                bytes,
                0,
                sizeBytes,
                0,
                startNs);
        host.pump(startNs);
        while (deliveredNs == 0) {
            if (!events.step() || events.nowNs() > startNs + GIVE_UP_NS) {
                throw new IllegalStateException(
                        "a message of " + sizeBytes + " bytes alone on the network never arrived");
            }
        }
        long taken = deliveredNs - startNs;
        events.runUntil(events.nowNs() + PAUSE_NS);
        return taken;
    }

    @Override
    public void onEvent(SimHost host, HomaEvent event, long nowNs) {
        MessageBuffer message = event.message;
        if (message != null) {
            host.endpoint().release(message);
        }
        if (event.kind == HomaEvent.Kind.REQUEST) {
            deliveredNs = nowNs;
            host.endpoint().sendResponse(event.handle, bytes, 0, LoadModel.RESPONSE_BYTES, 0, nowNs);
        }
    }

    /**
     * Best time that the links allow, divided by the time measured: 1 when the sender's link never idles and nothing
     * waits on the way.
     */
    public double efficiency(int sizeBytes, boolean sameRack) {
        return (double) idealNs(sizeBytes, sameRack) / timeNs(sizeBytes, sameRack);
    }

    /** All packets back to back on the first link; the last one then crosses the rest. */
    long idealNs(int sizeBytes, boolean sameRack) {
        NetParameters path = sameRack ? net.withHosts(1, 2) : net;
        long total = LoadModel.wireBytes(sizeBytes);
        int last = (int) LoadModel.wireBytes(LoadModel.lastPacketBytes(sizeBytes));
        // A short last packet may wait behind the full one before it, on links no faster than the first.
        int full = (int) LoadModel.wireBytes(LoadModel.SEGMENT_BYTES);
        long behindFull = (total - last) * 8 / net.edgeGbps() + path.oneWayNs(last);
        if (total == last) {
            return path.oneWayNs(last);
        }
        long fullArrives = (total - last - full) * 8 / net.edgeGbps() + path.oneWayNs(full);
        return Math.max(behindFull, fullArrives + (long) last * 8 / net.edgeGbps());
    }
}
