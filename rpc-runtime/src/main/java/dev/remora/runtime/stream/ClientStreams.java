package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.balance.Balancer;
import dev.remora.runtime.call.ClientMethod;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.metrics.StreamMetrics;
import dev.remora.spi.SettingValues;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The streams of one channel and what they share. For any thread. */
public final class ClientStreams implements AutoCloseable {
    /**
     * Requests that wait at servers beyond the one of each stream, of all streams together: so they stay within what a
     * transport lets one peer have outstanding.
     */
    private static final int MAX_MORE_PULLS = 1024;

    private final StreamConfig config;
    private final int maxRequests;
    private final Balancer balancer;
    private final StreamMetrics metrics;
    private final MemoryBudget receiveMemory;
    private final FlightBudget flight;
    private final Sweep sweep;
    private final AtomicInteger morePulls = new AtomicInteger();
    private final AtomicInteger count = new AtomicInteger();
    private final Set<StreamClientCall<?, ?>> open = ConcurrentHashMap.newKeySet();
    private final long client = new SecureRandom().nextLong();
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean closed;

    /**
     * @param values of {@link ClientSettings}
     * @param balancer picks the server of each stream, when it is started; all requests of a stream go there
     */
    public ClientStreams(SettingValues values, RpcMetrics metrics, Balancer balancer) {
        this.config = StreamConfig.client(values);
        this.maxRequests = values.getInt(StreamSettings.MAX_REQUESTS);
        this.balancer = balancer;
        this.metrics = metrics.clientStreams();
        this.receiveMemory = new MemoryBudget(config.receiveMemory());
        this.flight = new FlightBudget(values.get(StreamSettings.MAX_IN_FLIGHT));
        this.sweep = new Sweep(config.sweepNs(), () -> !open.isEmpty(), this::look);
    }

    /**
     * A new stream; nothing is sent before it is started.
     *
     * @param parent the call that is being served, if any
     */
    public <Q, R> ClientCall<Q, R> newCall(
            ClientMethod clientMethod,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext parent) {
        return new StreamClientCall<>(this, clientMethod, method, options, parent);
    }

    /** @return why the stream may not begin, or null; it {@link #leave}s when it has ended */
    @Nullable
    Status enter(StreamClientCall<?, ?> call) {
        if (closed) {
            return closedStatus();
        }
        if (count.incrementAndGet() > config.maxOpen()) {
            count.decrementAndGet();
            metrics.refused.increment();
            return Status.of(
                    StatusCode.RESOURCE_EXHAUSTED,
                    config.maxOpen() + " streams of this channel are open, as many as " + config.root()
                            + StreamSettings.MAX_OPEN.name() + " allows: wait for some to end");
        }
        metrics.open.increment();
        open.add(call);
        sweep.start();
        if (closed) {
            leave(call);
            return closedStatus();
        }
        return null;
    }

    void leave(StreamClientCall<?, ?> call) {
        if (open.remove(call)) {
            count.decrementAndGet();
            metrics.open.decrement();
        }
    }

    private static Status closedStatus() {
        return Status.of(StatusCode.UNAVAILABLE, "the channel was closed");
    }

    /** Whether one more request may wait at the server for a stream that has one there already. */
    boolean tryAddPull() {
        if (morePulls.incrementAndGet() > MAX_MORE_PULLS) {
            morePulls.decrementAndGet();
            return false;
        }
        return true;
    }

    void dropPulls(int pulls) {
        morePulls.addAndGet(-pulls);
    }

    private void look() {
        long nowNs = System.nanoTime();
        for (StreamClientCall<?, ?> call : open) {
            call.look(nowNs);
        }
    }

    /** Streams that have begun and not ended. */
    public int open() {
        return count.get();
    }

    /** Ends all streams and tells their servers. */
    @Override
    public void close() {
        closed = true;
        for (StreamClientCall<?, ?> call : List.copyOf(open)) {
            call.endHere(closedStatus());
        }
    }

    StreamConfig config() {
        return config;
    }

    int maxRequests() {
        return maxRequests;
    }

    Balancer balancer() {
        return balancer;
    }

    StreamMetrics metrics() {
        return metrics;
    }

    MemoryBudget receiveMemory() {
        return receiveMemory;
    }

    FlightBudget flight() {
        return flight;
    }

    /** Number of the channel, the first half of its streams' ids. */
    long client() {
        return client;
    }

    long nextNumber() {
        return numbers.getAndIncrement();
    }
}
