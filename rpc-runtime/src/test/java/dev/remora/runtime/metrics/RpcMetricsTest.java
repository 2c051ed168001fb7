package dev.remora.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import dev.remora.api.StatusCode;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class RpcMetricsTest {
    private static final String PREFIX = "remora.client.photos.v1.Users/Get.";

    private final MetricRegistry registry = new MetricRegistry();
    private final RpcMetrics metrics = new RpcMetrics(registry);
    private final MethodMetrics get = metrics.client(Methods.of("photos.v1.Users", "Get"));

    @Test
    void aCallIsInFlightUntilItEnds() {
        get.started();
        get.started();
        assertThat(registry.gauge(PREFIX + "in-flight").getValue()).isEqualTo(2L);

        get.ended(StatusCode.OK, 1000, 10, 20);
        get.ended(StatusCode.UNAVAILABLE, 2000, 10, MethodMetrics.NO_MESSAGE);

        assertThat(registry.gauge(PREFIX + "in-flight").getValue()).isEqualTo(0L);
        assertThat(registry.counter(PREFIX + "calls").getCount()).isEqualTo(2);
        assertThat(registry.counter(PREFIX + "errors.UNAVAILABLE").getCount()).isEqualTo(1);
        assertThat(registry.histogram(PREFIX + "latency-ns").getCount()).isEqualTo(2);
        assertThat(registry.histogram(PREFIX + "latency-ns").getSnapshot().getMax())
                .isEqualTo(2000);
        assertThat(registry.histogram(PREFIX + "request-bytes").getCount()).isEqualTo(2);
        assertThat(registry.histogram(PREFIX + "response-bytes").getCount()).isEqualTo(1);
        assertThat(registry.histogram(PREFIX + "response-bytes").getSnapshot().getMax())
                .isEqualTo(20);
    }

    @Test
    void errorsThatNeverHappenedAreNotListed() {
        get.started();
        get.ended(StatusCode.OK, 1, 0, 0);

        assertThat(registry.getNames()).noneMatch(name -> name.contains(".errors."));
    }

    @Test
    void oneMethodHasOneEntryPerSide() {
        assertThat(metrics.client(Methods.of("photos.v1.Users", "Get"))).isSameAs(get);
        assertThat(metrics.server(Methods.of("photos.v1.Users", "Get"))).isNotSameAs(get);
        assertThat(registry.getNames()).contains("remora.server.photos.v1.Users/Get.calls");
    }

    @Test
    void methodsBeyondTheBoundShareAnEntry() {
        for (int i = 1; i < RpcMetrics.MAX_METHODS; i++) {
            metrics.client(Methods.of("S", "m" + i));
        }
        MethodMetrics beyond = metrics.client(Methods.of("S", "beyond"));

        assertThat(metrics.client(Methods.of("S", "further"))).isSameAs(beyond);
        assertThat(metrics.client(Methods.of("S", "m1"))).isNotSameAs(beyond);
        assertThat(registry.getNames()).contains("remora.client.other/other.calls");
    }

    @Test
    void noneMeasuresNothing() {
        RpcMetrics none = RpcMetrics.none();
        MethodMetrics method = none.server(Methods.of("S", "m"));
        method.started();
        method.ended(StatusCode.INTERNAL, 1, 1, 1);

        assertThat(none.isEnabled()).isFalse();
        assertThat(none.registry().getNames()).isEmpty();
    }

    @Test
    void recordingDoesNotAllocate() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        record(20_000);
        long thread = Thread.currentThread().threadId();
        long before = threads.getThreadAllocatedBytes(thread);
        int calls = 100_000;
        record(calls);
        long bytes = threads.getThreadAllocatedBytes(thread) - before;

        // Room for what the JVM itself allocates once in a while: far below one object per call.
        assertThat(bytes).isLessThan(calls);
    }

    private void record(int calls) {
        for (int i = 0; i < calls; i++) {
            get.started();
            get.ended((i & 7) == 0 ? StatusCode.NOT_FOUND : StatusCode.OK, 1000L + i, i & 4095, i & 1023);
        }
    }
}
