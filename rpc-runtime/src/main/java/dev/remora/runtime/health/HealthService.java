package dev.remora.runtime.health;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.RpcException;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.StreamWriter;
import dev.remora.runtime.ServerLifecycle;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.health.v1.AwaitRequest;
import dev.remora.runtime.health.v1.AwaitResponse;
import dev.remora.runtime.health.v1.CheckRequest;
import dev.remora.runtime.health.v1.CheckResponse;
import dev.remora.runtime.health.v1.HealthRpc;
import dev.remora.runtime.health.v1.ListRequest;
import dev.remora.runtime.health.v1.ListResponse;
import dev.remora.runtime.health.v1.ServingStatus;
import dev.remora.runtime.health.v1.WatchRequest;
import dev.remora.runtime.health.v1.WatchResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells clients and load balancers whether this server takes calls. One per server. Every service of the server begins as
 * SERVING, and so does the server as a whole, whose name is empty; the application says otherwise by {@link #set}. Once the
 * server drains, all is NOT_SERVING for good. For any thread.
 */
public final class HealthService extends HealthRpc.ServiceBase implements ServerLifecycle {
    /** Name of the server as a whole. */
    public static final String SERVER = "";

    private static final long DEFAULT_WAIT_MS = 30_000;
    private static final long MAX_WAIT_MS = 300_000;
    private static final long NO_VERSION = 0;

    private final HealthTable table = new HealthTable();
    private final AtomicInteger watchers = new AtomicInteger();
    private final int maxWatchers;

    /** With the default of {@link ServerSettings#MAX_HEALTH_WATCHERS}. */
    public HealthService() {
        this(Integer.parseInt(ServerSettings.MAX_HEALTH_WATCHERS.defaultText()));
    }

    /** @param maxWatchers calls that may wait for a change at a time, 0 or more */
    public HealthService(int maxWatchers) {
        this.maxWatchers = maxWatchers;
        table.set(SERVER, ServingStatus.SERVING);
    }

    /**
     * Says whether a service takes calls; clients that watch are told at once. It need not be one of this server. Without
     * effect once the server drains.
     *
     * @param service full name, or {@link #SERVER}
     */
    public void set(String service, boolean serving) {
        table.set(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    /** What clients are told: SERVING, NOT_SERVING, or SERVICE_UNKNOWN. */
    public ServingStatus status(String service) {
        return table.get(service).status();
    }

    /** Registers {@code remora.health.*}: services that do not serve, and calls that watch. */
    public void register(MetricRegistry registry) {
        registry.register("remora.health.not-serving", (Gauge<Long>) () -> table.all().values().stream()
                .filter(health -> health.status() != ServingStatus.SERVING)
                .count());
        registry.register("remora.health.watchers", (Gauge<Integer>) watchers::get);
    }

    @Override
    public void onStart(List<ServiceDescriptor> services) {
        services.forEach(service -> table.setIfAbsent(service.name(), ServingStatus.SERVING));
    }

    @Override
    public void onDrain() {
        table.end();
    }

    @Override
    public CheckResponse check(CheckRequest request) {
        Health health = table.get(request.getService());
        if (health.status() == ServingStatus.SERVICE_UNKNOWN) {
            throw new RpcException(
                    StatusCode.NOT_FOUND, "the health of a service '" + request.getService() + "' is not known here");
        }
        return CheckResponse.newBuilder()
                .setStatus(health.status())
                .setVersion(health.version())
                .build();
    }

    @Override
    public ListResponse list(ListRequest request) {
        ListResponse.Builder response = ListResponse.newBuilder();
        table.all().forEach((service, health) -> response.putStatuses(service, health.status()));
        return response.build();
    }

    @Override
    public AwaitResponse await(AwaitRequest request) throws InterruptedException {
        long maxWaitMs = request.getMaxWaitMs() == 0 ? DEFAULT_WAIT_MS : request.getMaxWaitMs();
        if (maxWaitMs < 0 || maxWaitMs > MAX_WAIT_MS) {
            throw new RpcException(
                    StatusCode.INVALID_ARGUMENT, "max_wait_ms must be 0 to " + MAX_WAIT_MS + ", got " + maxWaitMs);
        }
        Health health;
        try (Watcher watcher = new Watcher()) {
            health = watcher.next(
                    request.getService(), request.getKnownVersion(), TimeUnit.MILLISECONDS.toNanos(maxWaitMs));
        }
        return AwaitResponse.newBuilder()
                .setStatus(health.status())
                .setVersion(health.version())
                .build();
    }

    @Override
    public void watch(WatchRequest request, StreamWriter<WatchResponse> responses) throws InterruptedException {
        try (Watcher watcher = new Watcher()) {
            long version = NO_VERSION;
            boolean last;
            do {
                last = table.ended(); // before the look: what it says at its end is told, too
                Health health = watcher.next(request.getService(), version, Long.MAX_VALUE);
                if (health.version() != version) {
                    responses.write(WatchResponse.newBuilder()
                            .setStatus(health.status())
                            .build());
                    version = health.version();
                }
            } while (!last && !watcher.givenUp());
        }
    }

    /** One call that waits; a bounded number of them at a time. */
    private final class Watcher implements AutoCloseable {
        private final CallContext context = CallContext.current()
                .orElseThrow(() -> new IllegalStateException("only a call that is being served can watch"));
        private final CallContext.Registration registration;

        Watcher() {
            if (watchers.incrementAndGet() > maxWatchers) {
                watchers.decrementAndGet();
                throw new RpcException(
                        StatusCode.RESOURCE_EXHAUSTED,
                        maxWatchers
                                + " calls watch health already, as many as remora.server.max-health-watchers allows");
            }
            registration = context.onCancel(table::wake);
        }

        Health next(String service, long knownVersion, long maxWaitNs) throws InterruptedException {
            return table.awaitChange(service, knownVersion, withinDeadline(maxWaitNs), this::givenUp);
        }

        boolean givenUp() {
            return context.isCancelled();
        }

        /** Nine tenths of the time that the caller has, so that it gets an answer instead of DEADLINE_EXCEEDED. */
        private long withinDeadline(long maxWaitNs) {
            Deadline deadline = context.deadline();
            return deadline == null ? maxWaitNs : Math.min(maxWaitNs, deadline.remainingNs() / 10 * 9);
        }

        @Override
        public void close() {
            registration.close();
            watchers.decrementAndGet();
        }
    }
}
