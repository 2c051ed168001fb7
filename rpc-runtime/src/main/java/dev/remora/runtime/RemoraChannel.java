package dev.remora.runtime;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A channel over a transport to one or several servers of the same services, which it takes in turns. For use by any
 * thread. {@link #close} ends its clients, not the transport.
 */
public final class RemoraChannel implements Channel, AutoCloseable {
    /** Methods a channel remembers; generated code has one descriptor per method, so more means they are made per call. */
    private static final int MAX_METHODS = 4096;

    private final List<ClientTransport> peers = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final RpcMetrics metrics;
    private final ConcurrentHashMap<MethodDescriptor<?, ?>, ClientMethod> methods = new ConcurrentHashMap<>();
    private final Channel first;
    private final long defaultTimeoutNs;
    private final int maxRequestBytes;
    private final int maxResponseBytes;
    private final int maxMetadataBytes;

    private RemoraChannel(Builder builder) {
        metrics = builder.metrics;
        SettingValues values = builder.settings;
        defaultTimeoutNs = values.get(ClientSettings.TIMEOUT);
        maxRequestBytes = values.getInt(ClientSettings.MAX_REQUEST_BYTES);
        maxResponseBytes = values.getInt(ClientSettings.MAX_RESPONSE_BYTES);
        maxMetadataBytes = values.getInt(ClientSettings.MAX_METADATA_BYTES);
        for (Endpoint endpoint : builder.targets) {
            peers.add(builder.transport.connect(endpoint));
        }
        Channel chain = this::startUnary;
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

    private <Q, R> ClientCall<Q, R> startUnary(MethodDescriptor<Q, R> method, CallOptions options) {
        if (method.shape() != MethodDescriptor.Shape.UNARY) {
            return new RefusedCall<>(Status.of(
                    StatusCode.UNIMPLEMENTED,
                    method + " is a stream; this version of Remora carries unary calls only"));
        }
        return new UnaryClientCall<>(this, clientMethod(method), method, options, CallContext.currentOrNull());
    }

    private ClientMethod clientMethod(MethodDescriptor<?, ?> method) {
        ClientMethod known = methods.get(method);
        if (known != null) {
            return known;
        }
        ClientMethod made =
                new ClientMethod(method, method.fullName().getBytes(StandardCharsets.UTF_8), metrics.client(method));
        if (methods.size() < MAX_METHODS) {
            methods.putIfAbsent(method, made);
        }
        return made;
    }

    /** The peer for the next call: round robin. */
    ClientTransport pick() {
        return peers.size() == 1 ? peers.get(0) : peers.get(Math.floorMod(next.getAndIncrement(), peers.size()));
    }

    long defaultTimeoutNs() {
        return defaultTimeoutNs;
    }

    int maxMetadataBytes() {
        return maxMetadataBytes;
    }

    void checkRequest(MethodDescriptor<?, ?> method, int size, Metadata metadata) {
        Limits.check(
                "request of " + method,
                size,
                "remora.client." + ClientSettings.MAX_REQUEST_BYTES.name(),
                maxRequestBytes);
        if (!metadata.isEmpty()) {
            Limits.checkMetadata(
                    "metadata of " + method,
                    metadata,
                    "remora.client." + ClientSettings.MAX_METADATA_BYTES.name(),
                    maxMetadataBytes);
        }
    }

    void checkResponse(MethodDescriptor<?, ?> method, int size) {
        Limits.check(
                "response of " + method,
                size,
                "remora.client." + ClientSettings.MAX_RESPONSE_BYTES.name(),
                maxResponseBytes);
    }

    /** Calls that were sent and have not ended. */
    public int outstanding() {
        int sum = 0;
        for (ClientTransport peer : peers) {
            sum += peer.outstanding();
        }
        return sum;
    }

    @Override
    public void close() {
        peers.forEach(ClientTransport::close);
    }

    /** Collects what a channel needs; not for use by several threads. */
    public static final class Builder {
        private final Transport transport;
        private final List<Endpoint> targets = new ArrayList<>();
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private SettingValues settings = DefaultValues.of(ClientSettings.ALL);
        private RpcMetrics metrics = RpcMetrics.none();

        private Builder(Transport transport) {
            this.transport = transport;
        }

        /** Where the servers are: {@code host:port}, or several separated by commas. */
        public Builder target(String target) {
            for (String one : target.split(",")) {
                targets.add(Endpoint.parse(one));
            }
            return this;
        }

        public Builder target(Endpoint target) {
            targets.add(target);
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

        public Builder metrics(RpcMetrics newMetrics) {
            metrics = newMetrics;
            return this;
        }

        public RemoraChannel build() {
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("a channel needs a target: call target(\"host:port\")");
            }
            return new RemoraChannel(this);
        }
    }
}
