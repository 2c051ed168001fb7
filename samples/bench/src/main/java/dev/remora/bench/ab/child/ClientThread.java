package dev.remora.bench.ab.child;

import dev.remora.bench.ab.side.Side;
import dev.remora.bench.ab.side.SideClient;
import dev.remora.bench.load.ClosedLoop;
import dev.remora.bench.load.LoadOptions;
import dev.remora.bench.load.LoadPlan;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.load.OpenLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A client on a thread of its own, which belongs to the network of its host as do all threads that its transport starts. */
final class ClientThread {
    /** Beginning of the names of these threads, which begin the calls. */
    static final String NAME = "bench-client-";

    private final ExecutorService thread;
    private final Future<SideClient> client;

    /** Begins to connect. */
    ClientThread(Side side, ClientPlace place, int index) {
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(NAME + index).factory());
        client = thread.submit(() -> {
            place.host().enter();
            return side.connect(
                    place.host(),
                    place.servers().stream().map(ClientThread::address).toList());
        });
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    void awaitConnected() throws Exception {
        SideClient unused = get(client);
    }

    /** @param sampled what was counted meanwhile */
    record Ran(LoadRecord load, Sampled sampled) {}

    /** Begins a load. */
    Future<Ran> begin(ClientOrder order) {
        Callable<Ran> load = () -> run(get(client), order);
        return thread.submit(load);
    }

    private static Ran run(SideClient client, ClientOrder order) throws InterruptedException {
        LoadPlan plan = order.plan();
        Sampler sampler = Sampler.start(
                client,
                plan.startEpochNs() + plan.warmUpNs(),
                plan.startEpochNs() == 0 ? 0 : (int) Math.ceil(order.seconds()));
        LoadRecord record = order.outstanding() > 0
                ? ClosedLoop.run(client, plan, order.outstanding())
                : OpenLoop.run(client, plan, LoadOptions.DEFAULT);
        return new Ran(record, sampler.await());
    }

    /** What a thread of the kind found, or what it failed with. */
    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Ends the client. */
    void close() throws Exception {
        get(client).close();
        thread.shutdown();
    }
}
