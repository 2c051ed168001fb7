package dev.remora.runtime.metrics;

import com.codahale.metrics.Gauge;
import dev.remora.spi.TransportMetric;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A transport's metric in Dropwizard's registry; counters too, for Dropwizard's own counters cannot be read from elsewhere. */
final class TransportGauge implements Gauge<Long> {
    private static final Logger LOG = LoggerFactory.getLogger(TransportGauge.class);

    private final String transport;
    private final TransportMetric metric;
    private final AtomicBoolean complained = new AtomicBoolean();

    /** @param transport its name, such as {@code tcp} */
    TransportGauge(String transport, TransportMetric metric) {
        this.transport = transport;
        this.metric = metric;
    }

    /** Name in the registry. */
    String registeredName() {
        return TransportMetrics.PREFIX + transport + "." + metric.name();
    }

    String transport() {
        return transport;
    }

    TransportMetric metric() {
        return metric;
    }

    @Override
    public Long getValue() {
        return metric.value().getAsLong();
    }

    /** Says once, not at each reading, that a report goes without this metric. */
    void leftOut(String why) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn("metric {} is left out of reports: {}", registeredName(), why);
        }
    }
}
