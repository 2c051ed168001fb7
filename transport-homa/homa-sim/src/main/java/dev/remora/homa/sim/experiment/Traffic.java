package dev.remora.homa.sim.experiment;

import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.sim.SimEvent;
import dev.remora.homa.sim.net.Cluster;
import dev.remora.homa.sim.net.HostApplication;
import dev.remora.homa.sim.net.NetParameters;
import dev.remora.homa.sim.net.SimHost;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Messages at random times (Poisson) between random hosts, and what becomes of them. A message is the request of an RPC;
 * it is delivered when the server has it complete. The response is the shortest there is and does not count.
 */
final class Traffic extends SimEvent implements HostApplication {
    static final int SERVER_PORT = 99;
    private static final int CLIENT_PORT = 40_000;

    private final Experiment experiment;
    private final UnloadedTimes unloaded;
    private final SplittableRandom random;
    private final FlightTable flights = new FlightTable();
    private final SlowdownTable table = new SlowdownTable();
    /** Every message is cut from here; what it says does not matter, its length does. */
    private final MemorySegment bytes = MemorySegment.ofArray(new byte[Workload.MAX_BYTES]);

    private final double meanGapNs;
    private @Nullable Cluster cluster;
    private double nextNs;

    private long started;
    private long measuredStarted;
    private long measuredDelivered;
    private long deliveredBytes;
    private long backlogBytes;
    private long failed;
    private long refused;
    private long duplicates;

    Traffic(Experiment experiment, UnloadedTimes unloaded) {
        this.experiment = experiment;
        this.unloaded = unloaded;
        random = new SplittableRandom(experiment.seed() * 0x5deece66dL + 11);
        meanGapNs = 1 / experiment.messagesPerNs();
    }

    /** Opens the servers and schedules the first message. */
    void start(Cluster on) {
        cluster = on;
        for (int i = 0; i < on.hosts(); i++) {
            on.host(i).endpoint().listen(SERVER_PORT);
        }
        nextNs = on.events().nowNs();
        scheduleNext(on);
    }

    private void scheduleNext(Cluster on) {
        nextNs -= StrictMath.log(1 - random.nextDouble()) * meanGapNs;
        on.events().schedule((long) nextNs, this);
    }

    /** The next message. */
    @Override
    public void run(long nowNs) {
        Cluster on = cluster;
        if (on == null) {
            return;
        }
        int to = experiment.incast() ? 0 : random.nextInt(on.hosts());
        int from = random.nextInt(on.hosts() - 1);
        if (from >= to) {
            from++;
        }
        send(on, from, to, nowNs);
        scheduleNext(on);
    }

    private void send(Cluster on, int from, int to, long nowNs) {
        double fraction = random.nextDouble();
        int size = experiment.workload().sizeAt(fraction);
        boolean measured = started >= experiment.warmUpMessages() && measuredStarted < experiment.messages();
        started++;
        int decile = measured ? (int) (fraction * SlowdownTable.DECILES) : -1;
        int flight = flights.take(from, size, decile, nowNs);
        SimHost host = on.host(from);
        HomaEndpoint endpoint = host.endpoint();
        long handle = endpoint.sendRequest(
                SimHost.addressHigh(), SimHost.addressLow(to), SERVER_PORT, CLIENT_PORT, bytes, 0, size, flight, nowNs);
        if (handle == 0) {
            refused++;
            flights.remove(flight);
            return;
        }
        flights.add(flight, clientId(endpoint.rpcId(handle)));
        backlogBytes += size;
        if (measured) {
            measuredStarted++;
        }
        host.pump(nowNs);
    }

    private static long clientId(long rpcId) {
        return rpcId & ~1L;
    }

    @Override
    public void onEvent(SimHost host, HomaEvent event, long nowNs) {
        switch (event.kind) {
            case REQUEST -> onRequest(host, event, nowNs);
            case RESPONSE -> end(host, event);
            case FAILED -> {
                failed++;
                int flight = (int) event.cookie;
                if (!flights.delivered(flight)) {
                    backlogBytes -= flights.size(flight);
                }
                end(host, event);
            }
            case RESPONSE_DONE, NONE -> {}
        }
    }

    private void onRequest(SimHost host, HomaEvent event, long nowNs) {
        int client = SimHost.hostAt(event.peerLow);
        int flight = flights.find(client, clientId(event.rpcId));
        if (flight < 0 || !flights.deliver(flight)) {
            duplicates++;
        } else {
            int size = flights.size(flight);
            deliveredBytes += size;
            backlogBytes -= size;
            int decile = flights.decile(flight);
            if (decile >= 0) {
                measuredDelivered++;
                long best = unloaded.timeNs(size, sameRack(client, host.number()));
                table.record(decile, size, nowNs - flights.startNs(flight), best);
            }
        }
        release(host, event.message);
        if (!host.endpoint().sendResponse(event.handle, bytes, 0, LoadModel.RESPONSE_BYTES, 0, nowNs)) {
            host.endpoint().abort(event.handle, RpcError.NONE, nowNs);
        }
    }

    private void end(SimHost host, HomaEvent event) {
        release(host, event.message);
        flights.remove((int) event.cookie);
    }

    private static void release(SimHost host, @Nullable MessageBuffer message) {
        if (message != null) {
            host.endpoint().release(message);
        }
    }

    private boolean sameRack(int host, int other) {
        NetParameters net = experiment.net();
        return host / net.hostsPerRack() == other / net.hostsPerRack();
    }

    SlowdownTable table() {
        return table;
    }

    long started() {
        return started;
    }

    long measuredStarted() {
        return measuredStarted;
    }

    long measuredDelivered() {
        return measuredDelivered;
    }

    /** Bytes of all messages delivered, measured or not. */
    long deliveredBytes() {
        return deliveredBytes;
    }

    /** Bytes of messages sent and not delivered. */
    long backlogBytes() {
        return backlogBytes;
    }

    /** RPCs that failed; without faults there are none. */
    long failed() {
        return failed;
    }

    /** Requests that the endpoint did not take for want of room. */
    long refused() {
        return refused;
    }

    /** Requests that reached an application twice, or that nobody sent. */
    long duplicates() {
        return duplicates;
    }

    int underWay() {
        return flights.used();
    }
}
