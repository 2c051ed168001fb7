package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.admission.Admission;
import dev.remora.runtime.admission.Refusal;
import dev.remora.runtime.call.ServerEntry;
import dev.remora.runtime.call.StatusAnswer;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.metrics.StreamMetrics;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.SettingValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of one server: who they are, how many there may be, and what they share. For any thread. */
public final class ServerStreams {
    private static final Logger LOG = LoggerFactory.getLogger(ServerStreams.class);

    /** How much of an unknown method's name is repeated in the answer, in bytes. */
    private static final int MAX_ECHOED_NAME = 200;

    private static final Metadata TOO_MANY = Metadata.of(RetryMetadata.REFUSED, "streams");

    private final StreamConfig config;
    private final int maxOpenPerClient;
    private final Methods methods;
    private final Admission admission;
    private final Executor handlers;
    private final Places places;
    private final StreamMetrics metrics;
    private final MemoryBudget receiveMemory;
    private final Sweep sweep;
    private final Map<StreamId, StreamServerCall<?, ?>> table = new ConcurrentHashMap<>();
    private final Map<Long, Integer> perClient = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean draining;

    /** Finds what is served under a name. */
    @FunctionalInterface
    public interface Methods {
        /** @return null if there is no such method */
        @Nullable
        ServerEntry<?, ?> find(ByteBuffer buffer, int offset, int length);
    }

    /** Hears of streams whose handlers begin and end. */
    public interface Places {
        void taken();

        void free();
    }

    /**
     * @param values of {@link dev.remora.runtime.config.ServerSettings}
     * @param admission lets each stream in as one call
     * @param handlers runs each task on a virtual thread
     */
    public ServerStreams(
            SettingValues values,
            RpcMetrics metrics,
            Methods methods,
            Admission admission,
            Executor handlers,
            Places places) {
        this.config = StreamConfig.server(values);
        this.maxOpenPerClient = values.getInt(StreamSettings.MAX_OPEN_PER_CLIENT);
        this.methods = methods;
        this.admission = admission;
        this.handlers = handlers;
        this.places = places;
        this.metrics = metrics.serverStreams();
        this.receiveMemory = new MemoryBudget(config.receiveMemory());
        this.sweep = new Sweep(config.sweepNs(), () -> !table.isEmpty(), this::look);
    }

    /** A request for which {@link StreamRequest#isOne} holds; answers and releases it. On the transport's thread. */
    public void onRequest(ServerExchange exchange, MessageBuffer request) {
        metrics.rpcs.increment();
        StreamRequest head;
        Arrived segment = null;
        try {
            head = StreamRequest.read(request.bytes(), config.metadata().bytes());
            int size = request.size();
            if (head.has(StreamRequest.SEGMENT)) {
                boolean last = head.has(StreamRequest.LAST);
                segment = Arrived.of(
                        new Arrived.Frame(
                                head.sequence(),
                                last,
                                null,
                                null,
                                Metadata.EMPTY,
                                head.coding().algorithm()),
                        request);
            }
            dispatch(exchange, head, segment, size);
        } catch (MalformedEnvelopeException e) {
            LOG.debug("malformed request of {}: {}", exchange.peer(), e.getMessage());
            request.release();
            StatusAnswer.send(exchange, Status.of(StatusCode.INTERNAL, "malformed request: " + e.getMessage()));
            return;
        }
        if (segment == null) {
            request.release();
        }
    }

    private void dispatch(ServerExchange exchange, StreamRequest head, @Nullable Arrived segment, int size) {
        StreamId id = new StreamId(head.client(), head.stream());
        Opening opening = head.opening();
        StreamServerCall<?, ?> call = table.get(id);
        if (call == null && opening != null && !head.has(StreamRequest.CANCEL)) {
            open(id, head, opening, segment, exchange, size);
        } else if (call == null) {
            Arrived.release(segment);
            answerGone(exchange);
        } else if (head.has(StreamRequest.CANCEL)) {
            Arrived.release(segment);
            call.onClientGone();
            answerGone(exchange);
        } else {
            call.onRequest(head, segment, exchange, size);
        }
    }

    private void open(
            StreamId id,
            StreamRequest head,
            Opening opening,
            @Nullable Arrived segment,
            ServerExchange exchange,
            int size) {
        ServerEntry<?, ?> entry = methods.find(ByteBuffer.wrap(opening.method()), 0, opening.method().length);
        if (entry == null) {
            Arrived.release(segment);
            StatusAnswer.send(
                    exchange,
                    Status.of(StatusCode.UNIMPLEMENTED, "this server has no method " + echo(opening.method())));
            return;
        }
        Refused refused = admit(id, entry, head);
        if (refused != null) {
            Arrived.release(segment);
            StatusAnswer.send(exchange, refused.status(), refused.trailers());
            return;
        }
        StreamServerCall<?, ?> call =
                new StreamServerCall<>(this, id, entry, exchange.peer(), head, opening, admission);
        table.put(id, call);
        sweep.start();
        Refusal noPlace = call.candidate().offer();
        if (noPlace != null) {
            Arrived.release(segment);
            call.refuseOpening(exchange, StreamCandidate.status(noPlace), noPlace.trailers());
            return;
        }
        call.onRequest(head, segment, exchange, size);
        call.candidate().settle();
    }

    /** @param trailers say that no handler has seen the stream, if another server may take it */
    private record Refused(Status status, Metadata trailers) {}

    /** @return why the stream may not begin; null if it has a place now, which {@link #leave} frees */
    private @Nullable Refused admit(StreamId id, ServerEntry<?, ?> entry, StreamRequest head) {
        if (entry.descriptor().shape() == Shape.UNARY) {
            return new Refused(
                    Status.of(StatusCode.UNIMPLEMENTED, entry.descriptor() + " is unary and was called as a stream"),
                    Metadata.EMPTY);
        }
        Status unreadable = config.compression().refusal(entry.descriptor(), head.coding());
        if (unreadable != null) {
            return new Refused(unreadable, Metadata.EMPTY);
        }
        Refused refusal;
        if (draining) {
            refusal = new Refused(
                    Status.of(StatusCode.UNAVAILABLE, "the server is draining and takes no new streams"),
                    StatusAnswer.NOT_SEEN);
        } else if (open.incrementAndGet() > config.maxOpen()) {
            open.decrementAndGet();
            refusal = tooMany(config.maxOpen(), "", StreamSettings.SERVER_MAX_OPEN.name());
        } else if (perClient.merge(id.client(), 1, Integer::sum) > maxOpenPerClient) {
            open.decrementAndGet();
            leaveClient(id);
            refusal = tooMany(maxOpenPerClient, " of this client", StreamSettings.MAX_OPEN_PER_CLIENT.name());
        } else {
            metrics.open.increment();
            places.taken();
            return null;
        }
        metrics.refused.increment();
        entry.metrics().started();
        entry.metrics().ended(refusal.status().code(), 0, MethodMetrics.NO_MESSAGE, MethodMetrics.NO_MESSAGE);
        return refusal;
    }

    private Refused tooMany(int max, String whose, String knob) {
        return new Refused(
                Status.of(
                        StatusCode.RESOURCE_EXHAUSTED,
                        "the server has " + max + " streams" + whose + " open, as many as " + config.root() + knob
                                + " allows"),
                TOO_MANY);
    }

    private void leaveClient(StreamId id) {
        perClient.computeIfPresent(id.client(), (key, n) -> n == 1 ? null : n - 1);
    }

    /** The exchange with the client is over. */
    void forget(StreamId id) {
        table.remove(id);
    }

    /** It is over, and its handler has ended too. */
    void leave(StreamId id) {
        leaveClient(id);
        metrics.open.decrement();
        open.decrementAndGet();
    }

    /** After {@link #leave}: its end has been handed to the transport. */
    void free() {
        places.free();
    }

    private static String echo(byte[] name) {
        int length = Math.min(name.length, MAX_ECHOED_NAME);
        return "'" + new String(name, 0, length, StandardCharsets.UTF_8) + (length < name.length ? "..." : "") + "'";
    }

    private static void answerGone(ServerExchange exchange) {
        StreamResponse head = new StreamResponse(StreamResponse.GONE, 0, 0, 0, null, null, Metadata.EMPTY);
        MessageBuffer buffer = exchange.allocate(head.size());
        head.write(buffer.bytes());
        exchange.respond(buffer);
    }

    private void look() {
        long nowNs = System.nanoTime();
        for (StreamServerCall<?, ?> call : table.values()) {
            call.look(nowNs);
        }
    }

    /** Takes no new streams; those that are open go on. */
    public void drain() {
        draining = true;
    }

    /** Ends all streams that are open. Their clients are told, their handlers are cancelled. */
    public void endAll(Status status) {
        for (StreamServerCall<?, ?> call : table.values()) {
            call.endNow(status);
        }
    }

    /** Ends what has not ended, without telling anybody: the transport is closed. */
    public void close() {
        for (StreamServerCall<?, ?> call : table.values()) {
            call.onClientGone();
        }
    }

    /** Streams that have begun and not ended. */
    public int open() {
        return open.get();
    }

    StreamConfig config() {
        return config;
    }

    StreamMetrics metrics() {
        return metrics;
    }

    MemoryBudget receiveMemory() {
        return receiveMemory;
    }

    void execute(Runnable task) {
        handlers.execute(task);
    }
}
