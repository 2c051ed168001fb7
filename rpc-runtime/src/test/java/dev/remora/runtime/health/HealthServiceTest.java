package dev.remora.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.codahale.metrics.MetricRegistry;
import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.contract.Patience;
import dev.remora.runtime.Served;
import dev.remora.runtime.TextService;
import dev.remora.runtime.health.v1.AwaitRequest;
import dev.remora.runtime.health.v1.AwaitResponse;
import dev.remora.runtime.health.v1.CheckRequest;
import dev.remora.runtime.health.v1.CheckResponse;
import dev.remora.runtime.health.v1.HealthRpc;
import dev.remora.runtime.health.v1.ListRequest;
import dev.remora.runtime.health.v1.ServingStatus;
import dev.remora.runtime.health.v1.WatchRequest;
import dev.remora.runtime.introspection.LiveCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthServiceTest {
    private static final long WAIT_S = 20;

    private final MetricRegistry registry = new MetricRegistry();
    private final HealthService health = new HealthService(2);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Served served = new Served(LiveCalls.none(), health, new TextService(q -> {
        release.await();
        return q;
    }));

    @AfterEach
    void end() {
        release.countDown();
        served.close();
    }

    private HealthRpc.BlockingStub client() {
        return HealthRpc.blockingStub(served.channel());
    }

    private CompletableFuture<AwaitResponse> await(String service, long knownVersion, long maxWaitMs) {
        return HealthRpc.futureStub(served.channel())
                .await(AwaitRequest.newBuilder()
                        .setService(service)
                        .setKnownVersion(knownVersion)
                        .setMaxWaitMs(maxWaitMs)
                        .build());
    }

    private CheckResponse check(String service) {
        return client().check(CheckRequest.newBuilder().setService(service).build());
    }

    private void awaitWatchers(int count) {
        Patience.until(
                () -> Integer.valueOf(count)
                        .equals(registry.gauge("remora.health.watchers").getValue()),
                count + " calls watch");
    }

    @Test
    void everyServiceAndTheServerBeginAsServing() {
        assertThat(client().list(ListRequest.getDefaultInstance()).getStatusesMap())
                .containsOnlyKeys("", TextService.NAME, HealthRpc.SERVICE_NAME)
                .containsEntry("", ServingStatus.SERVING)
                .containsEntry(TextService.NAME, ServingStatus.SERVING);
        assertThat(check("").getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void theApplicationSaysOtherwise() {
        long before = check(TextService.NAME).getVersion();
        health.set(TextService.NAME, false);
        CheckResponse after = check(TextService.NAME);
        assertThat(after.getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(after.getVersion()).isNotEqualTo(before);
        assertThat(check("").getStatus()).isEqualTo(ServingStatus.SERVING);
        health.set(TextService.NAME, false);
        assertThat(check(TextService.NAME).getVersion()).isEqualTo(after.getVersion());
    }

    @Test
    void whatTheApplicationSaidBeforeTheStartStays() {
        HealthService early = new HealthService();
        early.set(TextService.NAME, false);
        try (Served other = new Served(LiveCalls.none(), early, new TextService(q -> q))) {
            assertThat(HealthRpc.blockingStub(other.channel())
                            .check(CheckRequest.newBuilder()
                                    .setService(TextService.NAME)
                                    .build())
                            .getStatus())
                    .isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void anUnknownServiceIsNotFound() {
        RpcException failure = catchThrowableOfType(RpcException.class, () -> check("no.Such"));
        assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(failure.getMessage()).contains("no.Such");
    }

    @Test
    void awaitIsAnsweredAtOnceByWhoKnowsNothing() throws Exception {
        AwaitResponse now = await(TextService.NAME, 0, 60_000).get(WAIT_S, TimeUnit.SECONDS);
        assertThat(now.getStatus()).isEqualTo(ServingStatus.SERVING);
        assertThat(await("no.Such", 0, 60_000).get(WAIT_S, TimeUnit.SECONDS).getStatus())
                .isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    }

    @Test
    void awaitIsAnsweredByTheChange() throws Exception {
        health.register(registry);
        CompletableFuture<AwaitResponse> waiting =
                await(TextService.NAME, check(TextService.NAME).getVersion(), 60_000);
        awaitWatchers(1);
        health.set("another", false);
        assertThat(waiting).isNotDone();
        health.set(TextService.NAME, false);
        AwaitResponse changed = waiting.get(WAIT_S, TimeUnit.SECONDS);
        assertThat(changed.getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(changed.getVersion()).isEqualTo(check(TextService.NAME).getVersion());
        awaitWatchers(0);
    }

    @Test
    void withoutChangeAwaitSaysWhatIsKnownWhenTheTimeIsOver() throws Exception {
        long version = check("").getVersion();
        AwaitResponse same = await("", version, 20).get(WAIT_S, TimeUnit.SECONDS);
        assertThat(same.getVersion()).isEqualTo(version);
    }

    @Test
    void awaitAnswersBeforeTheDeadline() {
        AwaitResponse same = client().withTimeout(Duration.ofMillis(500))
                .await(AwaitRequest.newBuilder()
                        .setKnownVersion(check("").getVersion())
                        .setMaxWaitMs(60_000)
                        .build());
        assertThat(same.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void aCancelledAwaitEnds() {
        health.register(registry);
        CompletableFuture<AwaitResponse> waiting = await("", check("").getVersion(), 300_000);
        awaitWatchers(1);
        waiting.cancel(true);
        awaitWatchers(0);
    }

    @Test
    void watchersAreBounded() {
        health.register(registry);
        long version = check("").getVersion();
        List<CompletableFuture<AwaitResponse>> two = List.of(await("", version, 60_000), await("", version, 60_000));
        awaitWatchers(2);
        RpcException failure = catchThrowableOfType(
                RpcException.class,
                () -> client().await(AwaitRequest.newBuilder()
                        .setKnownVersion(version)
                        .build()));
        assertThat(failure.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(failure.getMessage()).contains("max-health-watchers");
        health.set("", false);
        two.forEach(CompletableFuture::join);
    }

    @Test
    void waitsOutsideTheBoundsAreRefused() {
        for (long bad : new long[] {-1, 300_001}) {
            RpcException failure = catchThrowableOfType(
                    RpcException.class,
                    () -> client().await(
                                    AwaitRequest.newBuilder().setMaxWaitMs(bad).build()));
            assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void aDrainingServerTellsItsWatchersAndNeedNotWaitForThem() throws Exception {
        health.register(registry);
        CompletableFuture<AwaitResponse> waiting =
                await(TextService.NAME, check(TextService.NAME).getVersion(), 300_000);
        awaitWatchers(1);
        assertThat(served.server().drain(Duration.ofSeconds(WAIT_S))).isTrue();
        assertThat(waiting.get(WAIT_S, TimeUnit.SECONDS).getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        health.set(TextService.NAME, true);
        assertThat(health.status(TextService.NAME)).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(health.status("")).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void metricsCountWhatDoesNotServe() {
        health.register(registry);
        assertThat(registry.gauge("remora.health.not-serving").getValue()).isEqualTo(0L);
        health.set(TextService.NAME, false);
        assertThat(registry.gauge("remora.health.not-serving").getValue()).isEqualTo(1L);
    }

    @Test
    void watchTellsEachChangeUntilTheServerDrains() throws Exception {
        BlockingQueue<ServingStatus> told = new LinkedBlockingQueue<>();
        CompletableFuture<Void> watching = watch("new.Service", told, new FakeContext());
        assertThat(told.poll(WAIT_S, TimeUnit.SECONDS)).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
        health.set("new.Service", true);
        assertThat(told.poll(WAIT_S, TimeUnit.SECONDS)).isEqualTo(ServingStatus.SERVING);
        health.onDrain();
        assertThat(told.poll(WAIT_S, TimeUnit.SECONDS)).isEqualTo(ServingStatus.NOT_SERVING);
        watching.get(WAIT_S, TimeUnit.SECONDS);
        assertThat(told).isEmpty();
    }

    @Test
    void aWatchThatNobodyWantsAnyMoreEnds() throws Exception {
        BlockingQueue<ServingStatus> told = new LinkedBlockingQueue<>();
        FakeContext context = new FakeContext();
        CompletableFuture<Void> watching = watch("", told, context);
        assertThat(told.poll(WAIT_S, TimeUnit.SECONDS)).isEqualTo(ServingStatus.SERVING);
        context.cancel();
        watching.get(WAIT_S, TimeUnit.SECONDS);
    }

    private CompletableFuture<Void> watch(String service, BlockingQueue<ServingStatus> told, CallContext context) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> context.run(() -> {
                    try {
                        health.watch(
                                WatchRequest.newBuilder().setService(service).build(),
                                message -> told.add(message.getStatus()));
                        done.complete(null);
                    } catch (Exception e) {
                        done.completeExceptionally(e);
                    }
                }));
        return done;
    }

    /** A call that is being served. */
    private static final class FakeContext implements CallContext {
        private final AtomicBoolean cancelled = new AtomicBoolean();
        private final AtomicReference<Runnable> action = new AtomicReference<>(() -> {});

        void cancel() {
            cancelled.set(true);
            action.get().run();
        }

        @Override
        public MethodDescriptor<?, ?> method() {
            return HealthRpc.METHOD_WATCH;
        }

        @Override
        public Metadata requestMetadata() {
            return Metadata.EMPTY;
        }

        @Override
        public @Nullable Deadline deadline() {
            return null;
        }

        @Override
        public boolean isCancelled() {
            return cancelled.get();
        }

        @Override
        public Registration onCancel(Runnable newAction) {
            action.set(newAction);
            return () -> {};
        }

        @Override
        public String peer() {
            return "test";
        }

        @Override
        public void addResponseMetadata(Metadata metadata) {
            throw new UnsupportedOperationException();
        }
    }
}
