package dev.remora.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallOptions;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.balance.BalanceSettings;
import dev.remora.runtime.balance.PeerState;
import dev.remora.runtime.balance.PickOptions;
import dev.remora.runtime.config.CallPolicySettings;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.NameResolverProvider;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.resolve.Target;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real calls through a channel whose servers come and go. */
class ChannelBalanceTest {
    private static final MethodDescriptor<StringValue, StringValue> WHO = MethodDescriptor.protobuf(
            "test.Who",
            "Ask",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    private static final CallOptions PATIENT =
            CallOptions.DEFAULT.withWaitForReady(true).withTimeout(Duration.ofSeconds(60));
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final InProcessTransport transport = InProcessTransport.create();
    private final Map<String, RemoraServer> servers = new HashMap<>();
    private final List<RemoraChannel> channels = new ArrayList<>();
    private final ByHand addresses = new ByHand();

    /** Targets {@code by-hand:x}, whose addresses the test tells. */
    private static final class ByHand implements NameResolverProvider, NameResolver {
        private @Nullable Listener listener;

        @Override
        public String name() {
            return "by-hand";
        }

        @Override
        public NameResolver resolver(Target target, SettingValues values) {
            return this;
        }

        @Override
        public void start(Listener newListener) {
            listener = newListener;
        }

        void tell(String... hosts) {
            Objects.requireNonNull(listener)
                    .onAddresses(Arrays.stream(hosts)
                            .map(host -> ServerAddress.of(new Endpoint(host, 1)))
                            .toList());
        }

        void fail(String what) {
            Objects.requireNonNull(listener).onFailure(what, null);
        }

        @Override
        public void close() {}
    }

    private record Who(ServerCalls.UnaryMethod<StringValue, StringValue> handler) implements BindableService {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("test.Who", List.of(WHO), () -> {
                throw new UnsupportedOperationException("it has no .proto");
            });
        }

        @Override
        public List<ServerMethod<?, ?>> methods() {
            return List.of(new ServerMethod<>(WHO, ServerCalls.unary(handler)));
        }
    }

    @AfterEach
    void close() {
        channels.forEach(RemoraChannel::close);
        servers.values().forEach(RemoraServer::close);
        // A response is given back after the caller has it, so that may be a moment later.
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (transport.buffersInUse() > 0 && System.nanoTime() < untilNs) {
            Thread.onSpinWait();
        }
        assertThat(transport.buffersInUse()).isZero();
        transport.close();
    }

    /** A name that no other test of this JVM has. */
    private static String name(String prefix) {
        return prefix + NAMES.incrementAndGet();
    }

    private void serve(String name) {
        serve(name, request -> StringValue.of(name));
    }

    private void serve(String name, ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        servers.put(
                name,
                RemoraServer.builder(transport)
                        .address(new Endpoint(name, 1))
                        .service(new Who(handler))
                        .start());
    }

    private void stop(String name) {
        Objects.requireNonNull(servers.remove(name)).close();
    }

    private RemoraChannel channel(DefaultValues settings, RpcMetrics metrics) {
        RemoraChannel channel = RemoraChannel.builder(transport)
                .target("by-hand:x")
                .resolvers(InstalledResolvers.of(List.of(addresses)))
                .settings(settings)
                .metrics(metrics)
                .build();
        channels.add(channel);
        return channel;
    }

    private RemoraChannel channel() {
        return channel(settings(), RpcMetrics.none());
    }

    /** Without retries, which would hide what a call meets. */
    private static DefaultValues settings() {
        return DefaultValues.of(ClientSettings.ALL)
                .with(BalanceSettings.BACK_OFF, 5_000_000L)
                .with(CallPolicySettings.RETRY_MAX_ATTEMPTS, 1L);
    }

    private static String call(RemoraChannel channel, CallOptions options) {
        return ClientCalls.blockingUnary(channel, WHO, options, StringValue.of("?"))
                .getValue();
    }

    private static CompletableFuture<StringValue> start(RemoraChannel channel, CallOptions options) {
        return ClientCalls.futureUnary(channel, WHO, options, StringValue.of("?"));
    }

    @Test
    void aCallBeforeTheFirstLookUpWaitsForIt() throws Exception {
        String a = name("a");
        serve(a);
        RemoraChannel channel = channel();
        CompletableFuture<StringValue> early = start(channel, CallOptions.DEFAULT);
        assertThat(channel.outstanding()).isEqualTo(1);
        addresses.tell(a);
        assertThat(early.get(60, TimeUnit.SECONDS).getValue()).isEqualTo(a);
        assertThat(channel.outstanding()).isZero();
    }

    @Test
    void blockingCallsWaitToo() {
        String a = name("a");
        serve(a);
        RemoraChannel channel = channel();
        Thread.ofVirtual().start(() -> {
            while (channel.outstanding() == 0) {
                Thread.onSpinWait();
            }
            addresses.tell(a);
        });
        assertThat(call(channel, CallOptions.DEFAULT)).isEqualTo(a);
    }

    @Test
    void withoutServersCallsFailWithWhatWasTried() {
        RemoraChannel channel = channel();
        CompletableFuture<StringValue> early = start(channel, CallOptions.DEFAULT);
        addresses.fail("the oracle is silent");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> early.get(60, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(RpcException.class)
                .withMessageContaining("UNAVAILABLE")
                .withMessageContaining("none of by-hand:x is known, the oracle is silent (1 of 1 look-ups failed)");
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(() -> call(channel, PATIENT.withTimeout(Duration.ofMillis(30))))
                .withMessageContaining("DEADLINE_EXCEEDED")
                .withMessageContaining("waiting for a server: none of by-hand:x is known, the oracle is silent");
        assertThat(channel.outstanding()).as("forgotten").isZero();
    }

    @Test
    void aWaitingCallCanBeCancelled() {
        RemoraChannel channel = channel();
        CompletableFuture<StringValue> waiting = start(channel, PATIENT);
        waiting.cancel(true);
        assertThat(channel.outstanding()).isZero();
        addresses.tell(name("nobody"));
    }

    @Test
    void aPatientCallOutlastsServersThatAreNotThere() throws Exception {
        String a = name("a");
        RemoraChannel channel = channel();
        addresses.tell(a);
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(() -> call(channel, CallOptions.DEFAULT))
                .withMessageContaining("nobody listens");
        CompletableFuture<StringValue> patient = start(channel, PATIENT);
        String b = name("b");
        addresses.tell(a, b);
        // Both are tried by then, in vain and more than once.
        while (channel.peers().stream().anyMatch(peer -> peer.unreachable() < 2)) {
            Thread.onSpinWait();
        }
        assertThat(patient).isNotDone();
        serve(b);
        assertThat(patient.get(60, TimeUnit.SECONDS).getValue()).isEqualTo(b);
        assertThat(channel.outstanding()).isZero();
    }

    @Test
    void waitingMayBeTheChannelsDefault() throws Exception {
        String a = name("a");
        RemoraChannel channel = channel(settings().with(BalanceSettings.WAIT_FOR_READY, true), RpcMetrics.none());
        addresses.tell(a);
        CompletableFuture<StringValue> patient = start(channel, CallOptions.DEFAULT);
        assertThatExceptionOfType(RpcException.class)
                .isThrownBy(() -> call(channel, CallOptions.DEFAULT.withWaitForReady(false)));
        serve(a);
        assertThat(patient.get(60, TimeUnit.SECONDS).getValue()).isEqualTo(a);
    }

    @Test
    void attemptsOfACallGoToDifferentServers() {
        List<String> names = List.of(name("a"), name("b"), name("c"));
        List<String> asked = Collections.synchronizedList(new ArrayList<>());
        names.forEach(name -> serve(name, request -> {
            asked.add(name);
            throw new RpcException(StatusCode.UNAVAILABLE, "not today");
        }));
        RemoraChannel channel = channel();
        addresses.tell(names.toArray(new String[0]));
        for (int i = 0; i < 4; i++) {
            asked.clear();
            assertThatExceptionOfType(RpcException.class)
                    .isThrownBy(() -> ClientCalls.blockingUnary(
                            channel,
                            WHO.withIdempotent(true),
                            PATIENT.with(
                                    RetryPolicy.OPTION, RetryPolicy.DEFAULT.withBackoff(Duration.ZERO, Duration.ZERO)),
                            StringValue.of("?")))
                    .withMessageContaining("not today (after 3 attempts)");
            assertThat(asked).containsExactlyInAnyOrderElementsOf(names);
        }
        assertThat(channel.peers()).allMatch(peer -> peer.failed() == 4, "each attempt tells how it went");
    }

    @Test
    void aServerThatIsNotThereCostsNoCall() {
        String a = name("a");
        serve(a);
        RemoraChannel channel = channel(settings().with(BalanceSettings.POLICY, "round-robin"), RpcMetrics.none());
        addresses.tell(name("nobody"), a);
        CallOptions options = CallOptions.DEFAULT.with(RetryPolicy.OPTION, RetryPolicy.DEFAULT);
        for (int i = 0; i < 10; i++) {
            assertThat(call(channel, options)).isEqualTo(a);
        }
    }

    @Test
    void aCallCanBePinned() {
        List<String> names = List.of(name("a"), name("b"), name("c"));
        names.forEach(this::serve);
        RemoraChannel channel = channel();
        addresses.tell(names.toArray(new String[0]));
        CallOptions pinned = CallOptions.DEFAULT.with(PickOptions.PEER, new Endpoint(names.get(1), 1));
        for (int i = 0; i < 10; i++) {
            assertThat(call(channel, pinned)).isEqualTo(names.get(1));
        }
    }

    @Test
    void whatAChannelCountsIsRegisteredUnderItsName() {
        MetricRegistry registry = new MetricRegistry();
        String a = name("a");
        serve(a);
        RemoraChannel channel = channel(settings(), new RpcMetrics(registry));
        addresses.tell(a, name("nobody"));
        call(channel, PATIENT);
        Map<String, Object> values = new HashMap<>();
        registry.getGauges((name, metric) -> name.startsWith("remora.channel."))
                .forEach((name, gauge) -> values.put(name, ((Gauge<?>) gauge).getValue()));
        assertThat(values)
                .containsEntry("remora.channel.by-hand:x.peers-known", 2L)
                .containsEntry("remora.channel.by-hand:x.resolutions", 1L)
                .containsEntry("remora.channel.by-hand:x.resolutions-failed", 0L)
                .containsEntry("remora.channel.by-hand:x.picks-failed", 0L)
                .containsEntry("remora.channel.by-hand:x.peers-ejected", 0L);
        assertThat((Long) values.get("remora.channel.by-hand:x.picks")).isPositive();
        channel.close();
        assertThat(registry.getNames()).noneMatch(name -> name.startsWith("remora.channel."));
    }

    @Test
    void targetsAreCheckedWhenTheChannelIsBuilt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoraChannel.builder(transport).build())
                .withMessageContaining("needs a target");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RemoraChannel.builder(transport).target("etcd:///users").build())
                .withMessageContaining("there is no scheme 'etcd'; installed are dns, file, srv, static");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RemoraChannel.builder(transport)
                        .target("a:1")
                        .target("dns:///b:1")
                        .build())
                .withMessageContaining("'dns:///b:1' is not an address");
    }

    /** Addresses change at random under load; servers stop without a word. */
    @Test
    void callsGoOnWhateverHappensToTheServers() throws Exception {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            names.add(name("s"));
        }
        names.forEach(this::serve);
        RemoraChannel channel = channel();
        addresses.tell(names.toArray(new String[0]));
        AtomicInteger ok = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        List<CompletableFuture<?>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; n < 2000; n++) {
                            try {
                                call(channel, PATIENT);
                                ok.incrementAndGet();
                            } catch (RpcException e) {
                                // A server that was stopped may have run it, and says so.
                                assertThat(e.code()).as("seed %d: %s", seed, e).isEqualTo(StatusCode.UNAVAILABLE);
                                lost.incrementAndGet();
                            }
                        }
                    },
                    task -> Thread.ofVirtual().start(task)));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(callers.toArray(new CompletableFuture<?>[0]));
        while (!all.isDone()) {
            String name = names.get(1 + random.nextInt(names.size() - 1)); // the first one stays
            if (servers.containsKey(name)) {
                stop(name);
            } else {
                serve(name);
            }
            List<String> told = new ArrayList<>(names);
            told.removeIf(n -> !n.equals(names.get(0)) && random.nextInt(4) == 0);
            addresses.tell(told.toArray(new String[0]));
            LockSupport.parkNanos(200_000);
        }
        all.get(240, TimeUnit.SECONDS);
        assertThat(ok.get() + lost.get()).isEqualTo(16_000);
        assertThat(lost.get()).as("seed " + seed).isLessThan(1600);
        assertThat(channel.outstanding()).as("seed " + seed).isZero();
        assertThat(channel.peers())
                .as("seed " + seed)
                .allSatisfy(peer -> assertThat(peer.outstanding()).isZero());
        addresses.tell(names.get(0));
        while (channel.peers().size() > 1) {
            Thread.onSpinWait();
        }
        assertThat(channel.peers().get(0).condition()).isEqualTo(PeerState.Condition.USABLE);
    }
}
