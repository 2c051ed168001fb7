package dev.remora.runtime.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.IntrospectionSettings;
import dev.remora.runtime.metrics.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class LiveCallsTest {
    private static final long MS = 1_000_000;

    private static MethodDescriptor<?, ?> method(String name) {
        return MethodDescriptor.protobuf(
                "test.Text",
                name,
                MethodDescriptor.Shape.UNARY,
                StringValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
    }

    private static LiveCalls of(long maxCalls) {
        return new LiveCalls(
                DefaultValues.of(IntrospectionSettings.ALL).with(IntrospectionSettings.MAX_CALLS, maxCalls));
    }

    @Test
    void callsAreListedWhileTheyLastTheOldestFirst() {
        LiveCalls calls = LiveCalls.create();
        long nowNs = System.nanoTime();
        CallProgress young = calls.client(method("Young")).begin(nowNs - MS);
        CallProgress old = calls.server(method("Old")).begin(nowNs - 50 * MS);
        assertThat(calls.inProgress(call -> true))
                .extracting(CallReport::method)
                .containsExactly("test.Text/Old", "test.Text/Young");
        assertThat(calls.inProgress(call -> call.side() == Side.CLIENT))
                .extracting(CallReport::method)
                .containsExactly("test.Text/Young");
        old.end(StatusCode.OK, nowNs);
        assertThat(calls.inProgress(call -> true)).hasSize(1);
        young.end(StatusCode.OK, nowNs);
        assertThat(calls.inProgress(call -> true)).isEmpty();
    }

    @Test
    void moreCallsThanPlacesAreCountedAndLoseNothingElse() {
        LiveCalls calls = of(16);
        MethodCalls method = calls.server(method("Many"));
        List<CallProgress> begun = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            begun.add(method.begin(System.nanoTime()));
        }
        assertThat(calls.listed()).isBetween(8, 16);
        assertThat(calls.unlisted()).isEqualTo(100 - calls.listed());
        begun.forEach(call -> call.end(StatusCode.OK, call.startNs() + MS));
        assertThat(calls.listed()).isZero();
        assertThat(calls.slowest(call -> true)).hasSize(8);
    }

    @Test
    void theSlowestOfEachMethodAreKeptSoThatOneThatWaitsByDesignHidesNone() {
        LiveCalls calls = LiveCalls.create();
        long nowNs = System.nanoTime();
        for (int i = 1; i <= 20; i++) {
            calls.server(method("Wait")).begin(nowNs - 30_000 * MS).end(StatusCode.OK, nowNs);
            calls.client(method("Get")).begin(nowNs - i * MS).end(StatusCode.NOT_FOUND, nowNs);
        }
        List<CallReport> slowest = calls.slowest(call -> call.method().endsWith("Get"));
        assertThat(slowest)
                .extracting(CallReport::durationNs)
                .startsWith(20 * MS, 19 * MS)
                .hasSize(8);
        assertThat(slowest).extracting(CallReport::status).containsOnly(StatusCode.NOT_FOUND);
        assertThat(calls.slowest(call -> true)).hasSize(16);
    }

    @Test
    void methodsWithoutEndShareOnePlace() {
        LiveCalls calls = LiveCalls.create();
        long nowNs = System.nanoTime();
        for (int i = 0; i < LiveCalls.MAX_METHODS + 50; i++) {
            calls.client(method("M" + i)).begin(nowNs - MS).end(StatusCode.OK, nowNs);
        }
        assertThat(calls.slowest(call -> true)).hasSize(LiveCalls.MAX_METHODS + 8);
    }

    @Test
    void switchedOffItWatchesNothing() {
        LiveCalls off =
                new LiveCalls(DefaultValues.of(IntrospectionSettings.ALL).with(IntrospectionSettings.ENABLED, false));
        assertThat(off.server(method("Echo")).begin(1)).isSameAs(CallProgress.NONE);
        assertThat(off.inProgress(call -> true)).isEmpty();
        assertThat(off.slowest(call -> true)).isEmpty();
    }

    @Test
    void metricsTellWhatIsListed() {
        MetricRegistry registry = new MetricRegistry();
        LiveCalls calls = of(16);
        calls.register(registry);
        CallProgress call = calls.client(method("Echo")).begin(System.nanoTime());
        assertThat(registry.gauge("remora.introspection.calls-listed").getValue())
                .isEqualTo(1);
        call.end(StatusCode.OK, System.nanoTime());
        assertThat(registry.gauge("remora.introspection.calls-listed").getValue())
                .isEqualTo(0);
        assertThat(registry.gauge("remora.introspection.slow-calls-kept").getValue())
                .isEqualTo(1L);
        assertThat(registry.gauge("remora.introspection.calls-unlisted").getValue())
                .isEqualTo(0L);
    }

    @Test
    void manyThreadsLeaveNothingBehind() throws InterruptedException {
        LiveCalls calls = of(64);
        MethodCalls method = calls.server(method("Busy"));
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                await(go);
                for (int i = 0; i < 20_000; i++) {
                    CallProgress call = method.begin(System.nanoTime());
                    call.enter(CallPhase.HANDLING, System.nanoTime());
                    if (ThreadLocalRandom.current().nextInt(100) == 0) {
                        assertThat(calls.inProgress(each -> true))
                                .allSatisfy(each -> assertThat(each.phases()).isNotEmpty());
                    }
                    call.end(StatusCode.OK, System.nanoTime());
                }
            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(calls.listed()).isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
