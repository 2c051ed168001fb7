package dev.remora.runtime.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import dev.remora.api.StatusCode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of one method on one side. {@link #started} and {@link #ended} pair up, once per call; for any thread, without
 * allocation once each status has been seen.
 */
public abstract sealed class MethodMetrics {
    static final MethodMetrics NONE = new None();

    private MethodMetrics() {}

    /** A call began. */
    public abstract void started();

    /**
     * A call ended.
     *
     * @param latencyNs from its start, in nanoseconds
     * @param requestBytes of the message without envelope
     * @param responseBytes likewise; 0 if there was none
     */
    public abstract void ended(StatusCode code, long latencyNs, int requestBytes, int responseBytes);

    /** Counts nothing. */
    private static final class None extends MethodMetrics {
        @Override
        public void started() {}

        @Override
        public void ended(StatusCode code, long latencyNs, int requestBytes, int responseBytes) {}
    }

    /** Counts into a registry. */
    static final class Recorded extends MethodMetrics {
        private final MetricRegistry registry;
        private final String prefix;
        private final Counter inFlight;
        private final Timer latency;
        private final Histogram requestBytes;
        private final Histogram responseBytes;
        private final AtomicReferenceArray<@Nullable Counter> errors =
                new AtomicReferenceArray<>(StatusCode.values().length);

        Recorded(MetricRegistry registry, String prefix, long windowNs) {
            this.registry = registry;
            this.prefix = prefix;
            inFlight = registry.counter(prefix + ".in-flight");
            latency =
                    registry.timer(prefix + ".latency", () -> new Timer(new HdrReservoir(windowNs, System.nanoTime())));
            requestBytes = registry.histogram(
                    prefix + ".request-bytes", () -> new Histogram(new HdrReservoir(windowNs, System.nanoTime())));
            responseBytes = registry.histogram(
                    prefix + ".response-bytes", () -> new Histogram(new HdrReservoir(windowNs, System.nanoTime())));
        }

        @Override
        public void started() {
            inFlight.inc();
        }

        @Override
        public void ended(StatusCode code, long latencyNs, int requestSize, int responseSize) {
            inFlight.dec();
            latency.update(latencyNs, TimeUnit.NANOSECONDS);
            requestBytes.update(requestSize);
            if (code == StatusCode.OK) {
                responseBytes.update(responseSize);
            } else {
                error(code).inc();
            }
        }

        private Counter error(StatusCode code) {
            Counter known = errors.get(code.number());
            if (known == null) {
                known = registry.counter(prefix + ".errors." + code.name());
                errors.set(code.number(), known);
            }
            return known;
        }
    }
}
