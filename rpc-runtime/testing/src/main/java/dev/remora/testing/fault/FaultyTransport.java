package dev.remora.testing.fault;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportMetric;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transport with faults. Its one thread carries out what comes later. */
final class FaultyTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(FaultyTransport.class);

    private final Transport transport;
    private final Faults faults;
    private final List<TransportMetric> metrics;
    private final Set<FaultyClient> clients = ConcurrentHashMap.newKeySet();
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor later;
    private volatile boolean closed;

    FaultyTransport(Transport transport, Faults faults) {
        this.transport = transport;
        this.faults = faults;
        this.metrics = faults.metrics(transport.metrics());
        this.later = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().daemon().name("remora-faults").unstarted(task));
    }

    @Override
    public String name() {
        return transport.name();
    }

    /** Those of the transport, but for the order of requests, which delays do not keep. */
    @Override
    public TransportCapabilities capabilities() {
        TransportCapabilities c = transport.capabilities();
        return new TransportCapabilities(
                c.maxMessageBytes(), c.cancelReachesServer(), false, c.crossesHosts(), c.reportsPeerLoss());
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        FaultyClient client = new FaultyClient(this, transport.connect(peer));
        clients.add(client);
        return client;
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        return transport.listen(local, new FaultyHandler(this, handler));
    }

    @Override
    public List<TransportMetric> metrics() {
        return metrics;
    }

    @Override
    public void close() {
        List.copyOf(clients).forEach(FaultyClient::close);
        transport.close();
        closed = true;
        later.shutdownNow();
        List.copyOf(pending).forEach(Pending::abandon);
    }

    Faults faults() {
        return faults;
    }

    void forget(FaultyClient client) {
        clients.remove(client);
    }

    /**
     * Runs a task later, on the thread of this transport.
     *
     * @param abandoned runs in its place if the transport closes before; exactly one of the two runs
     */
    void after(long ns, Runnable task, Runnable abandoned) {
        Pending waiting = new Pending(task, abandoned);
        pending.add(waiting);
        try {
            later.schedule(waiting, ns, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            waiting.abandon();
        }
        if (closed) {
            waiting.abandon();
        }
    }

    /** A task that waits for its time. */
    private final class Pending implements Runnable {
        private final Runnable task;
        private final Runnable abandoned;
        private final AtomicBoolean done = new AtomicBoolean();

        Pending(Runnable task, Runnable abandoned) {
            this.task = task;
            this.abandoned = abandoned;
        }

        @Override
        public void run() {
            once(task);
        }

        void abandon() {
            once(abandoned);
        }

        private void once(Runnable which) {
            if (done.compareAndSet(false, true)) {
                pending.remove(this);
                try {
                    which.run();
                } catch (RuntimeException e) {
                    // Handlers must not throw; the executor would keep it to itself.
                    LOG.error("a handler threw after a fault", e);
                }
            }
        }
    }
}
