package dev.remora.runtime.balance;

import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.time.ManualTime;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A balancer driven by hand: addresses, time and outcomes come from the test, and everything runs on its thread. */
final class BalancerRig implements NameResolver {
    static final long MS = 1_000_000L;
    static final Status UNREACHABLE = Status.of(StatusCode.UNAVAILABLE, "refused")
            .withCause(new TransportException(TransportException.Reason.UNREACHABLE, "refused"));
    static final Status FAILED = Status.of(StatusCode.INTERNAL, "broken");

    final ManualTime clock = new ManualTime(0);
    final Map<Endpoint, FakeClient> clients = new LinkedHashMap<>();
    final Balancer balancer;
    private NameResolver.@Nullable Listener listener;
    int refreshes;

    BalancerRig(DefaultValues values, long seed) {
        this(values, null, seed);
    }

    BalancerRig(DefaultValues values, @Nullable BalancePolicy policy, long seed) {
        balancer = new Balancer(
                "test",
                endpoint -> clients.compute(endpoint, (e, old) -> new FakeClient(e)),
                values,
                policy,
                clock,
                Runnable::run,
                new SplittableRandom(seed));
        balancer.start(this);
    }

    static DefaultValues settings() {
        return DefaultValues.of(BalanceSettings.ALL);
    }

    static DefaultValues settings(String policy) {
        return settings().with(BalanceSettings.POLICY, policy);
    }

    @Override
    public void start(Listener newListener) {
        listener = newListener;
    }

    @Override
    public void refresh() {
        refreshes++;
    }

    @Override
    public void close() {}

    NameResolver.Listener listener() {
        return Objects.requireNonNull(listener);
    }

    FakeClient client(Endpoint endpoint) {
        return Objects.requireNonNull(clients.get(endpoint));
    }

    /** Such as {@code "a:1 weight=2", "b:1"}. */
    BalancerRig resolve(String... addresses) {
        listener()
                .onAddresses(Arrays.stream(addresses).map(ServerAddress::parse).toList());
        return this;
    }

    /** As many as there are, a0:1 and so on. */
    BalancerRig resolve(int count) {
        List<ServerAddress> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(ServerAddress.parse("a" + i + ":1"));
        }
        listener().onAddresses(all);
        return this;
    }

    Pick pick() {
        return pick(CallOptions.DEFAULT);
    }

    Pick pick(CallOptions options) {
        return pick(options, null);
    }

    Pick pick(CallOptions options, @Nullable TriedPeers tried) {
        Pick pick = new Pick(options, tried);
        balancer.pick(pick);
        return pick;
    }

    /** Picks and ends at once; the peer's name. */
    String call(Status status) {
        Peer peer = pick().peer();
        peer.ended(status, MS);
        return peer.endpoint().host();
    }

    PeerState state(String host) {
        return balancer.states().stream()
                .filter(state -> state.endpoint().host().equals(host))
                .findFirst()
                .orElseThrow();
    }

    /** One pick and what came of it. */
    static final class Pick implements PickRequest {
        private final CallOptions options;
        private final @Nullable TriedPeers tried;

        @Nullable
        Peer peer;

        @Nullable
        Status failure;

        boolean waited;

        Pick(CallOptions options) {
            this(options, null);
        }

        Pick(CallOptions options, @Nullable TriedPeers tried) {
            this.options = options;
            this.tried = tried;
        }

        @Override
        public CallOptions options() {
            return options;
        }

        @Override
        public Metadata headers() {
            return options.metadata();
        }

        @Override
        public @Nullable TriedPeers tried() {
            return tried;
        }

        @Override
        public void onPeer(Peer newPeer, boolean newWaited) {
            peer = newPeer;
            waited = newWaited;
        }

        @Override
        public void onNoPeer(Status why) {
            failure = why;
        }

        Peer peer() {
            if (peer == null) {
                throw new AssertionError("no peer but " + failure);
            }
            return peer;
        }

        Status failure() {
            if (failure == null) {
                throw new AssertionError("no failure but " + peer);
            }
            return failure;
        }

        String host() {
            return peer().endpoint().host();
        }

        boolean waits() {
            return peer == null && failure == null;
        }
    }
}
