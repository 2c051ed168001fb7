package dev.remora.runtime.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.remora.api.StatusCode;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The metrics of one method and side, registered below {@code remora.<side>.<service>/<method>}. */
final class RecordingMethodMetrics implements MethodMetrics {
    /** Longer calls count as this long. */
    static final long HIGHEST_LATENCY_NS = 120_000_000_000L;

    private static final int LATENCY_DIGITS = 3;

    /** The largest limit that configuration allows for a message. */
    private static final long HIGHEST_BYTES = 1L << 30;

    /** A hundredth is enough for sizes, and a tenth of the memory. */
    private static final int BYTES_DIGITS = 2;

    private static final StatusCode[] CODES = StatusCode.values();

    private final Side side;
    private final String service;
    private final String method;
    private final MetricRegistry registry;
    private final String prefix;
    private final Counter calls;
    private final LongAdder ok = new LongAdder();
    private final AtomicReferenceArray<Counter> errors = new AtomicReferenceArray<>(CODES.length);
    private final AtomicReferenceArray<Counter> events = new AtomicReferenceArray<>(CallEvent.values().length);
    private final AtomicReferenceArray<Counter> levels = new AtomicReferenceArray<>(CallLevel.values().length);
    private final HdrHistogramMetric latencyNs;
    private final HdrHistogramMetric requestBytes;
    private final HdrHistogramMetric responseBytes;

    RecordingMethodMetrics(MetricRegistry registry, Side side, String service, String method) {
        this.registry = registry;
        this.side = side;
        this.service = service;
        this.method = method;
        this.prefix = "remora." + side.word() + "." + service + "/" + method;
        this.calls = registry.register(prefix + ".calls", new Counter());
        this.latencyNs = histogram("latency-ns", HIGHEST_LATENCY_NS, LATENCY_DIGITS);
        this.requestBytes = histogram("request-bytes", HIGHEST_BYTES, BYTES_DIGITS);
        this.responseBytes = histogram("response-bytes", HIGHEST_BYTES, BYTES_DIGITS);
        registry.register(prefix + ".in-flight", (Gauge<Long>) this::inFlight);
        registry.register(prefix + ".latency-out-of-range", (Gauge<Long>) latencyNs::outOfRange);
    }

    private HdrHistogramMetric histogram(String name, long highest, int digits) {
        return registry.register(
                prefix + "." + name, new HdrHistogramMetric(new HdrReservoir(highest, digits, System::nanoTime)));
    }

    @Override
    public void started() {
        calls.inc();
    }

    @Override
    public void ended(StatusCode status, long elapsedNs, int request, int response) {
        latencyNs.update(elapsedNs);
        if (request >= 0) {
            requestBytes.update(request);
        }
        if (response >= 0) {
            responseBytes.update(response);
        }
        if (status == StatusCode.OK) {
            ok.increment();
        } else {
            counter(errors, status.ordinal(), ".errors.", status.name()).inc();
        }
    }

    @Override
    public void happened(CallEvent event) {
        counter(events, event.ordinal(), ".", event.word()).inc();
    }

    @Override
    public void moved(CallLevel level, int delta) {
        counter(levels, level.ordinal(), ".", level.word()).inc(delta);
    }

    /** Made when it is needed first, so that reports are not full of zeros. */
    private Counter counter(AtomicReferenceArray<Counter> counters, int index, String group, String word) {
        Counter counter = counters.get(index);
        if (counter == null) {
            counter = registry.counter(prefix + group + word);
            counters.set(index, counter);
        }
        return counter;
    }

    Side side() {
        return side;
    }

    String service() {
        return service;
    }

    String method() {
        return method;
    }

    long calls() {
        return calls.getCount();
    }

    /** Calls that ended well. */
    long ok() {
        return ok.sum();
    }

    /** Never negative: what has ended is read before what has started. */
    long inFlight() {
        long ended = ok.sum();
        for (StatusCode code : CODES) {
            ended += errors(code);
        }
        return calls.getCount() - ended;
    }

    /** Calls that ended with this error. */
    long errors(StatusCode status) {
        Counter counter = errors.get(status.ordinal());
        return counter == null ? 0 : counter.getCount();
    }

    /** How often that happened; 0 if never. */
    long events(CallEvent event) {
        Counter counter = events.get(event.ordinal());
        return counter == null ? 0 : counter.getCount();
    }

    /** Where the level stands; null if it never moved. */
    @Nullable
    Long level(CallLevel level) {
        Counter counter = levels.get(level.ordinal());
        return counter == null ? null : counter.getCount();
    }

    HdrHistogramMetric latencyNs() {
        return latencyNs;
    }

    HdrHistogramMetric requestBytes() {
        return requestBytes;
    }

    HdrHistogramMetric responseBytes() {
        return responseBytes;
    }
}
