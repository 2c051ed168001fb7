package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import dev.remora.api.MethodDescriptor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of all methods in a registry. Names are {@code remora.<side>.<service>.<method>.<what>} with the dots of the
 * service's name turned into underscores; docs/metrics.md lists them. For use by any thread.
 */
public final class RpcMetrics {
    private static final RpcMetrics NONE = new RpcMetrics();
    private static final Duration WINDOW = Duration.ofSeconds(30);

    private final @Nullable MetricRegistry registry;

    public RpcMetrics(MetricRegistry registry) {
        this.registry = registry;
    }

    private RpcMetrics() {
        registry = null;
    }

    /** Counts nothing, at no cost. */
    public static RpcMetrics none() {
        return NONE;
    }

    public MethodMetrics client(MethodDescriptor<?, ?> method) {
        return of("client", method);
    }

    public MethodMetrics server(MethodDescriptor<?, ?> method) {
        return of("server", method);
    }

    private MethodMetrics of(String side, MethodDescriptor<?, ?> method) {
        if (registry == null) {
            return MethodMetrics.NONE;
        }
        String prefix = "remora." + side + "." + method.serviceName().replace('.', '_') + "." + method.methodName();
        return new MethodMetrics.Recorded(registry, prefix, WINDOW.toNanos());
    }
}
