package dev.remora.runtime;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.attempt.Attempt;
import dev.remora.runtime.attempt.AttemptBudget;
import dev.remora.runtime.attempt.AttemptChannel;
import dev.remora.runtime.attempt.Resilience;
import dev.remora.runtime.balance.BalancePolicy;
import dev.remora.runtime.balance.Balancer;
import dev.remora.runtime.balance.PeerHealth;
import dev.remora.runtime.balance.PeerState;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.call.ClientMethod;
import dev.remora.runtime.call.Limit;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.ChannelMetrics;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.runtime.resolve.Target;
import dev.remora.runtime.stream.ClientStreams;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A channel over a transport to the servers of a target: it finds them, follows as they come and go, and spreads calls over
 * them. For use by any thread. {@link #close} ends its clients, not the transport.
 */
public final class RemoraChannel implements Channel, AutoCloseable {
    /** Where its settings stand in the configuration. */
    private static final String ROOT = "remora.client.";

    /** Methods a channel remembers; generated code has one descriptor per method, so more means they are made per call. */
    private static final int MAX_METHODS = 4096;

    private final Balancer balancer;
    private final ChannelMetrics channelMetrics;
    private final RpcMetrics metrics;
    private final LiveCalls calls;
    private final ConcurrentHashMap<MethodDescriptor<?, ?>, ClientMethod> methods = new ConcurrentHashMap<>();
    private final ClientStreams streams;
    private final Channel first;
    private final Resilience resilience;
    private final Limit requestLimit;
    private final Limit responseLimit;
    private final Limit metadataLimit;
    private final CompressionPolicy compression;

    private RemoraChannel(Builder builder) {
        metrics = builder.metrics;
        calls = builder.calls;
        SettingValues values = builder.settings;
        requestLimit = Limit.of(ROOT, ClientSettings.MAX_REQUEST_BYTES, values);
        responseLimit = Limit.of(ROOT, ClientSettings.MAX_RESPONSE_BYTES, values);
        metadataLimit = Limit.of(ROOT, ClientSettings.MAX_METADATA_BYTES, values);
        compression = CompressionPolicy.ofClient(values);
        InstalledResolvers resolvers =
                builder.resolvers == null ? InstalledResolvers.withDefaults() : builder.resolvers;
        Target target = resolvers.target(builder.target());
        String name = builder.name.isEmpty() ? target.text() : builder.name;
        balancer = new Balancer(name, builder.transport, values, builder.policy, SystemTime.INSTANCE);
        balancer.start(resolvers.resolver(target));
        channelMetrics = ChannelMetrics.register(metrics, name, balancer::figures);
        resilience = new Resilience(
                builder.policies == null ? CallPolicies.of(values) : builder.policies,
                AttemptBudget.of(values, SystemTime.INSTANCE.nowNs()),
                SystemTime.INSTANCE,
                () -> ThreadLocalRandom.current().nextDouble(),
                attempts());
        streams = new ClientStreams(values, metrics, balancer);
        Channel chain = this::startCall;
        for (ClientInterceptor interceptor : builder.interceptors.reversed()) {
            Channel inner = chain;
            chain = new Channel() {
                @Override
                public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
                    return interceptor.intercept(method, options, inner);
                }
            };
        }
        first = chain;
    }

    /** A channel over {@code transport}; it needs a target. */
    public static Builder builder(Transport transport) {
        return new Builder(transport);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        return first.newCall(method, options);
    }

    private <Q, R> ClientCall<Q, R> startCall(MethodDescriptor<Q, R> method, CallOptions options) {
        CallContext served = CallContext.currentOrNull();
        ClientMethod known = clientMethod(method);
        // Of a stream only the opening may be repeated, which it sees to itself.
        return method.shape() == MethodDescriptor.Shape.UNARY
                ? known.resilience().newCall(method, options, served)
                : streams.newCall(known, method, known.resilience().withCriticality(options, served), served);
    }

    /** The channel below retries and hedging. */
    private AttemptChannel attempts() {
        return new AttemptChannel() {
            @Override
            public <Q, R> ClientCall<Q, R> newCall(
                    MethodDescriptor<Q, R> method,
                    CallOptions options,
                    @Nullable CallContext served,
                    @Nullable Attempt attempt,
                    @Nullable RetryPolicy retry) {
                return new UnaryClientCall<>(
                        RemoraChannel.this, clientMethod(method), method, options, served, attempt, retry);
            }

            @Override
            public boolean hasOthers(TriedPeers tried) {
                return balancer.hasOthers(tried);
            }
        };
    }

    private ClientMethod clientMethod(MethodDescriptor<?, ?> method) {
        ClientMethod known = methods.get(method);
        if (known != null) {
            return known;
        }
        MethodMetrics measured = metrics.client(method);
        ClientMethod made = new ClientMethod(
                method,
                method.fullName().getBytes(StandardCharsets.UTF_8),
                measured,
                resilience.of(method, measured),
                calls.client(method));
        if (methods.size() < MAX_METHODS) {
            methods.putIfAbsent(method, made);
        }
        return made;
    }

    /** Streams that have begun and not ended. */
    public int openStreams() {
        return streams.open();
    }

    /** Chooses the server of each call. */
    Balancer balancer() {
        return balancer;
    }

    /** Where a health check tells how the servers are. */
    public PeerHealth peerHealth() {
        return balancer;
    }

    /** How the servers fare, those included that are gone and have calls in progress. */
    public List<PeerState> peers() {
        return balancer.states();
    }

    int maxMetadataBytes() {
        return metadataLimit.bytes();
    }

    CompressionPolicy compression() {
        return compression;
    }

    void checkRequest(MethodDescriptor<?, ?> method, int size, Metadata metadata) {
        requestLimit.check("request of ", method, size);
        metadataLimit.check("metadata of ", method, metadata);
    }

    void checkResponse(MethodDescriptor<?, ?> method, int size) {
        responseLimit.check("response of ", method, size);
    }

    /** Calls that were started and have not ended, streams included. */
    public int outstanding() {
        return balancer.outstanding();
    }

    @Override
    public void close() {
        streams.close();
        channelMetrics.close();
        balancer.close();
    }

    /** Collects what a channel needs; not for use by several threads. */
    public static final class Builder {
        private final Transport transport;
        private final List<String> targets = new ArrayList<>();
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private SettingValues settings = DefaultValues.of(ClientSettings.ALL);
        private RpcMetrics metrics = RpcMetrics.none();
        private @Nullable InstalledResolvers resolvers;
        private @Nullable BalancePolicy policy;
        private @Nullable CallPolicies policies;
        private String name = "";
        private LiveCalls calls = LiveCalls.create();

        private Builder(Transport transport) {
            this.transport = transport;
        }

        /**
         * Where the servers are: {@code host:port}, several of them separated by commas, or a target with a scheme such as
         * {@code dns:///host:port}. Called more than once it adds addresses, which must have no scheme then.
         */
        public Builder target(String target) {
            targets.add(target);
            return this;
        }

        public Builder target(Endpoint target) {
            return target(target.toString());
        }

        /** How the channel is called in logs, messages and metrics; its target otherwise. */
        public Builder name(String newName) {
            name = newName;
            return this;
        }

        /** What turns the target into addresses; what is on the class path, with default settings, otherwise. */
        public Builder resolvers(InstalledResolvers newResolvers) {
            resolvers = newResolvers;
            return this;
        }

        /** A policy of one's own, instead of the one that {@code balance.policy} names. */
        public Builder policy(BalancePolicy newPolicy) {
            policy = newPolicy;
            return this;
        }

        /** The first one added sees a call first. */
        public Builder interceptor(ClientInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /** Values of {@link ClientSettings}; the defaults otherwise. */
        public Builder settings(SettingValues newSettings) {
            settings = newSettings;
            return this;
        }

        /** How the calls of each method are retried, hedged and broken; as the settings say for all otherwise. */
        public Builder policies(CallPolicies newPolicies) {
            policies = newPolicies;
            return this;
        }

        public Builder metrics(RpcMetrics newMetrics) {
            metrics = newMetrics;
            return this;
        }

        /** Where its calls are watched; without it they are watched for the explanation of DEADLINE_EXCEEDED only. */
        public Builder calls(LiveCalls newCalls) {
            calls = newCalls;
            return this;
        }

        private String target() {
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("a channel needs a target: call target(\"host:port\")");
            }
            return String.join(",", targets);
        }

        /**
         * The channel, which looks for its servers from now on.
         *
         * @throws IllegalArgumentException if the target is missing, not well formed, or the transport cannot have such
         *     addresses
         */
        public RemoraChannel build() {
            return new RemoraChannel(this);
        }
    }
}
