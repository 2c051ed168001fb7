package dev.remora.runtime.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server as a whole shows, registered as {@code remora.admission.<server>.<name>} until {@link #close}. For any thread.
 */
public final class ServerMetrics implements AutoCloseable {
    static final String PREFIX = "remora.admission.";

    private static final Logger LOG = LoggerFactory.getLogger(ServerMetrics.class);
    private static final int WAIT_DIGITS = 2;

    private final RpcMetrics metrics;
    private final List<String> registered = new ArrayList<>();
    private final HdrHistogramMetric waitNs = new HdrHistogramMetric(
            new HdrReservoir(RecordingMethodMetrics.HIGHEST_LATENCY_NS, WAIT_DIGITS, System::nanoTime));

    public ServerMetrics(RpcMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * Registers what can be read; nothing if nothing is measured, or if another server of that name is registered.
     *
     * @param server which one of the process it is: the port it listens on, or a name
     */
    public synchronized void register(
            String server, LongSupplier limit, LongSupplier inProgress, LongSupplier waiting, LongSupplier bytes) {
        if (!metrics.isEnabled()) {
            return;
        }
        add(new ServerGauge(server, "limit", "calls in progress that there may be now", limit));
        add(new ServerGauge(server, "in-progress", "calls that were started and have not ended", inProgress));
        add(new ServerGauge(server, "waiting", "calls that wait for a place among those in progress", waiting));
        add(new ServerGauge(server, "request-bytes", "bytes of the requests of both", bytes));
        String name = PREFIX + server + ".wait-ns";
        if (!metrics.registry().getNames().contains(name)) {
            metrics.registry().register(name, waitNs);
            registered.add(name);
        }
    }

    private void add(ServerGauge gauge) {
        try {
            metrics.registry().register(gauge.registeredName(), gauge);
            registered.add(gauge.registeredName());
        } catch (IllegalArgumentException e) {
            LOG.warn("two servers share the metric {}: only the first one is shown", gauge.registeredName());
        }
    }

    /** A call was served that had waited so long. */
    public void waited(long ns) {
        waitNs.update(ns);
    }

    @Override
    public synchronized void close() {
        registered.forEach(metrics.registry()::remove);
        registered.clear();
    }
}
