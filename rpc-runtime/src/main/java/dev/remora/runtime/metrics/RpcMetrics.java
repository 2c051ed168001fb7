package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import dev.remora.api.MethodDescriptor;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of all calls of a process. Whoever makes calls of a method asks for its {@link MethodMetrics} once and keeps
 * it. For any thread.
 */
public final class RpcMetrics {
    /**
     * Methods measured by themselves on each side; about 1 MB each at most, next to nothing until called. Methods come from generated code, not from the
     * network, so this bound only meets a program that makes descriptors without end: further ones share one entry.
     */
    static final int MAX_METHODS = 1000;

    /** Service and method of the shared entry. */
    static final String OTHER = "other";

    private static final RpcMetrics NONE = new RpcMetrics(new MetricRegistry(), false);

    private final MetricRegistry registry;
    private final boolean enabled;
    private final Table clients = new Table(Side.CLIENT);
    private final Table servers = new Table(Side.SERVER);
    /** Made when the first channel or server asks, so that a process without one does not show them. */
    private final ConcurrentMap<Side, StreamMetrics> streams = new ConcurrentHashMap<>();

    /** Metrics in this registry. One RpcMetrics per registry: the names would clash. */
    public RpcMetrics(MetricRegistry registry) {
        this(registry, true);
    }

    private RpcMetrics(MetricRegistry registry, boolean enabled) {
        this.registry = registry;
        this.enabled = enabled;
    }

    /** Measures nothing, at no cost. */
    public static RpcMetrics none() {
        return NONE;
    }

    /** Whether anything is measured. */
    public boolean isEnabled() {
        return enabled;
    }

    /** Where the metrics are registered; the application may add its own. */
    public MetricRegistry registry() {
        return registry;
    }

    /** The metrics of calls made. The same object for every descriptor of one full name. */
    public MethodMetrics client(MethodDescriptor<?, ?> method) {
        return enabled ? clients.get(method) : MethodMetrics.None.NONE;
    }

    /** The metrics of calls served. The same object for every descriptor of one full name. */
    public MethodMetrics server(MethodDescriptor<?, ?> method) {
        return enabled ? servers.get(method) : MethodMetrics.None.NONE;
    }

    /** The metrics of all streams of calls made. */
    public StreamMetrics clientStreams() {
        return streams(Side.CLIENT);
    }

    /** The metrics of all streams of calls served. */
    public StreamMetrics serverStreams() {
        return streams(Side.SERVER);
    }

    private StreamMetrics streams(Side side) {
        return streams.computeIfAbsent(
                side, key -> enabled ? StreamMetrics.registered(key, registry) : StreamMetrics.unseen(key));
    }

    /** The metrics of streams of those sides that there are, in no order. */
    Collection<StreamMetrics> streams() {
        return streams.values();
    }

    /** Everything measured on one side, in no order. */
    Collection<RecordingMethodMetrics> methods(Side side) {
        return (side == Side.CLIENT ? clients : servers).byName.values();
    }

    /**
     * Whether a metric's name is one of those registered here, or by {@link ChannelMetrics}, {@link ServerMetrics},
     * {@link StreamMetrics} or {@link TransportMetrics}.
     */
    static boolean isOurs(String name) {
        return name.startsWith("remora.client.")
                || name.startsWith("remora.server.")
                || name.startsWith(StreamMetrics.PREFIX)
                || name.startsWith(ChannelMetrics.PREFIX)
                || name.startsWith(ServerMetrics.PREFIX)
                || name.startsWith(TransportMetrics.PREFIX);
    }

    private final class Table {
        private final Side side;
        private final ConcurrentMap<String, RecordingMethodMetrics> byName = new ConcurrentHashMap<>();

        Table(Side side) {
            this.side = side;
        }

        MethodMetrics get(MethodDescriptor<?, ?> method) {
            RecordingMethodMetrics found = byName.get(method.fullName());
            return found == null ? create(method) : found;
        }

        // A lock instead of computeIfAbsent alone, so that the bound is exact.
        private synchronized MethodMetrics create(MethodDescriptor<?, ?> method) {
            @Nullable RecordingMethodMetrics found = byName.get(method.fullName());
            if (found != null) {
                return found;
            }
            boolean full = byName.size() >= MAX_METHODS;
            String service = full ? OTHER : method.serviceName();
            String name = full ? OTHER : method.methodName();
            return byName.computeIfAbsent(
                    service + "/" + name, key -> new RecordingMethodMetrics(registry, side, service, name));
        }
    }
}
