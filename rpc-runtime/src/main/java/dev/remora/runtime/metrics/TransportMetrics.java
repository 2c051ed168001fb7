package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportMetric;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one transport counts, registered as {@code remora.transport.<transport>.<name>} until {@link #close}. A node does it
 * by itself; who builds servers and channels by hand does it here. For any thread.
 */
public final class TransportMetrics implements AutoCloseable {
    static final String PREFIX = "remora.transport.";

    /** Of one transport. Far above what engines and levels come to; further ones are left out, which is logged. */
    static final int MAX_METRICS = 5000;

    private static final Logger LOG = LoggerFactory.getLogger(TransportMetrics.class);

    private final MetricRegistry registry;
    private final List<String> registered = new ArrayList<>();

    private TransportMetrics(MetricRegistry registry) {
        this.registry = registry;
    }

    /**
     * Registers them; nothing if nothing is measured.
     *
     * @throws IllegalStateException if a name is taken: two transports of one name share a registry, or the transport
     *     names two of its metrics alike; none is registered then
     */
    public static TransportMetrics register(RpcMetrics metrics, Transport transport) {
        TransportMetrics made = new TransportMetrics(metrics.registry());
        if (metrics.isEnabled()) {
            try {
                made.registerAll(transport);
            } catch (RuntimeException e) {
                made.close();
                throw e;
            }
        }
        return made;
    }

    private synchronized void registerAll(Transport transport) {
        List<TransportMetric> all = transport.metrics();
        if (all.size() > MAX_METRICS) {
            LOG.warn(
                    "transport {} has {} metrics; those after the first {} are left out",
                    transport.name(),
                    all.size(),
                    MAX_METRICS);
        }
        for (TransportMetric metric : all.subList(0, Math.min(all.size(), MAX_METRICS))) {
            TransportGauge gauge = new TransportGauge(transport.name(), metric);
            try {
                registry.register(gauge.registeredName(), gauge);
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        "there is a metric " + gauge.registeredName()
                                + " in this MetricRegistry already: give each node"
                                + " a registry of its own (or the transport names two of its metrics alike)",
                        e);
            }
            registered.add(gauge.registeredName());
        }
    }

    /** Removes them from the registry. Idempotent. */
    @Override
    public synchronized void close() {
        registered.forEach(registry::remove);
        registered.clear();
    }
}
