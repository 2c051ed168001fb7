package dev.remora.runtime.guice;

import com.google.inject.Inject;
import com.google.inject.Singleton;
import dev.remora.api.Channel;
import dev.remora.api.ClientInterceptor;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.trace.TraceForwarding;
import dev.remora.spi.Transport;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The channels that are configured at {@code remora.clients.<name>}. For use by any thread. */
@Singleton
public final class Channels implements AutoCloseable {
    private final RemoraConfig config;
    private final Transport transport;
    private final RpcMetrics metrics;
    private final LiveCalls calls;
    private final Set<ClientInterceptor> interceptors;
    private final Map<String, RemoraChannel> open = new HashMap<>();

    @Inject
    Channels(
            RemoraConfig config,
            Transport transport,
            RpcMetrics metrics,
            LiveCalls calls,
            Set<ClientInterceptor> interceptors) {
        this.config = config;
        this.transport = transport;
        this.metrics = metrics;
        this.calls = calls;
        this.interceptors = interceptors;
    }

    /**
     * The channel of a configured client; the same at every call.
     *
     * @throws IllegalArgumentException if {@code remora.clients.<name>.target} is not set
     */
    public synchronized Channel channel(String name) {
        return open.computeIfAbsent(name, this::open);
    }

    private RemoraChannel open(String name) {
        RemoraChannel.Builder builder = RemoraChannel.builder(transport)
                .name(name)
                .target(config.target(name))
                .resolvers(config.resolvers())
                .settings(config.client(name))
                .policies(CallPolicies.configured(config.clientMethods(name)))
                .metrics(metrics)
                .calls(calls);
        // A tracer among the application's interceptors replaces what this one has added.
        builder.interceptor(new TraceForwarding());
        interceptors.forEach(builder::interceptor);
        CallLogging.ofClient(config.logging()).forEach(builder::interceptor);
        return builder.build();
    }

    @Override
    public synchronized void close() {
        open.values().forEach(RemoraChannel::close);
        open.clear();
    }
}
