package dev.remora.runtime;

import dev.remora.api.BindableService;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.api.ServerMethod;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves services over a transport. Handlers run on a new virtual thread per call, or on the transport's thread for
 * methods marked inline. At most {@code max-concurrent-calls} are in progress; beyond that a call is refused at once with
 * RESOURCE_EXHAUSTED, before it is parsed. For use by any thread.
 */
public final class RemoraServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoraServer.class);
    /** How much of an unknown method's name is repeated in the answer, in bytes. */
    private static final int MAX_ECHOED_NAME = 200;

    private final MethodTable<ServerEntry<?, ?>> methods;
    private final int maxConcurrentCalls;
    private final int maxRequestBytes;
    private final int maxResponseBytes;
    private final int maxMetadataBytes;
    /** Calls that count against the bound: from their arrival until just before their answer is sent. */
    private final AtomicInteger admitted = new AtomicInteger();

    /** Calls that a drain waits for: until their answer has been handed to the transport. */
    private final AtomicInteger inProgress = new AtomicInteger();

    private final ReentrantLock idleLock = new ReentrantLock();
    private final Condition idle = idleLock.newCondition();
    private final Thread.Builder handlerThreads;
    private final ServerTransport transport;

    private RemoraServer(Builder builder) {
        SettingValues values = builder.settings;
        maxConcurrentCalls = values.getInt(ServerSettings.MAX_CONCURRENT_CALLS);
        maxRequestBytes = values.getInt(ServerSettings.MAX_REQUEST_BYTES);
        maxResponseBytes = values.getInt(ServerSettings.MAX_RESPONSE_BYTES);
        maxMetadataBytes = values.getInt(ServerSettings.MAX_METADATA_BYTES);
        methods = new MethodTable<>(builder.services, method -> entry(method, builder));
        handlerThreads = Thread.ofVirtual().name("remora-handler");
        Endpoint address =
                builder.address == null ? Endpoint.parse(values.get(ServerSettings.ADDRESS)) : builder.address;
        transport = builder.transport.listen(address, this::onRequest);
        LOG.info(
                "serving {} methods over {} at {}",
                methods.fullNames().size(),
                builder.transport.name(),
                localAddress());
    }

    /** A server over {@code transport}. */
    public static Builder builder(Transport transport) {
        return new Builder(transport);
    }

    private static <Q, R> ServerEntry<Q, R> entry(ServerMethod<Q, R> method, Builder builder) {
        ServerCallHandler<Q, R> handler = method.handler();
        for (ServerInterceptor interceptor : builder.interceptors.reversed()) {
            ServerCallHandler<Q, R> inner = handler;
            handler = call -> interceptor.intercept(call, inner);
        }
        return new ServerEntry<>(method.descriptor(), handler, builder.metrics.server(method.descriptor()));
    }

    private void onRequest(ServerExchange exchange, MessageBuffer request) {
        UnaryServerCall<?, ?> call = null;
        try {
            call = accept(exchange, request);
        } catch (MalformedEnvelopeException e) {
            LOG.debug("malformed request of {}: {}", exchange.peer(), e.getMessage());
            refuse(exchange, StatusCode.INTERNAL, "malformed request: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("request of {} cannot be served", exchange.peer(), e);
            refuse(exchange, StatusCode.INTERNAL, "the request cannot be served");
        } finally {
            if (call == null) {
                request.release();
            }
        }
        // From here on exchange and request are the call's, which answers and releases whatever happens.
        if (call != null) {
            serve(call);
        }
    }

    /** @return the call that now owns the request; null if the request has been answered */
    private @Nullable UnaryServerCall<?, ?> accept(ServerExchange exchange, MessageBuffer request)
            throws MalformedEnvelopeException {
        ByteBuffer bytes = request.bytes();
        RequestEnvelope envelope = RequestEnvelope.read(bytes, maxMetadataBytes);
        ServerEntry<?, ?> entry = methods.find(bytes, envelope.method(), envelope.methodLength());
        if (entry == null) {
            refuse(exchange, StatusCode.UNIMPLEMENTED, "this server has no method " + echo(bytes, envelope));
            return null;
        }
        if (entry.descriptor().shape() != MethodDescriptor.Shape.UNARY) {
            refuse(exchange, StatusCode.UNIMPLEMENTED, entry.descriptor() + " is a stream and was called as unary");
            return null;
        }
        if (bytes.remaining() > maxRequestBytes) {
            refuse(
                    exchange,
                    StatusCode.RESOURCE_EXHAUSTED,
                    "request of " + entry.descriptor() + " has " + bytes.remaining() + " bytes, more than the "
                            + maxRequestBytes + " that remora.server.max-request-bytes allows");
            return null;
        }
        if (admitted.incrementAndGet() > maxConcurrentCalls) {
            callAnswered();
            entry.metrics().started();
            entry.metrics().ended(StatusCode.RESOURCE_EXHAUSTED, 0, bytes.remaining(), MethodMetrics.NO_MESSAGE);
            refuse(
                    exchange,
                    StatusCode.RESOURCE_EXHAUSTED,
                    "the server has " + maxConcurrentCalls
                            + " calls in progress, as many as remora.server.max-concurrent-calls allows");
            return null;
        }
        inProgress.incrementAndGet();
        return newCall(entry, exchange, envelope, request);
    }

    private <Q, R> UnaryServerCall<Q, R> newCall(
            ServerEntry<Q, R> entry, ServerExchange exchange, RequestEnvelope envelope, MessageBuffer request) {
        long timeoutUs = Math.min(envelope.timeoutUs(), Long.MAX_VALUE / 4000);
        Deadline deadline = timeoutUs == 0 ? null : Deadline.afterNs(timeoutUs * 1000);
        return new UnaryServerCall<>(this, entry, exchange, envelope.metadata(), deadline, request);
    }

    private void serve(UnaryServerCall<?, ?> call) {
        call.arm();
        if (call.method().isInline()) {
            call.run();
        } else {
            handlerThreads.start(call);
        }
    }

    private static String echo(ByteBuffer bytes, RequestEnvelope envelope) {
        byte[] name = new byte[Math.min(envelope.methodLength(), MAX_ECHOED_NAME)];
        bytes.get(envelope.method(), name);
        return "'" + new String(name, StandardCharsets.UTF_8) + (name.length < envelope.methodLength() ? "..." : "")
                + "'";
    }

    private static void refuse(ServerExchange exchange, StatusCode code, String message) {
        Status status = Status.of(code, message);
        try {
            MessageBuffer buffer = exchange.allocate(ResponseEnvelope.size(status, Metadata.EMPTY, Metadata.EMPTY));
            ResponseEnvelope.write(buffer.bytes(), status, Metadata.EMPTY, Metadata.EMPTY);
            exchange.respond(buffer);
        } catch (TransportException e) {
            LOG.warn("refusal of a call of {} cannot be sent", exchange.peer(), e);
            exchange.abort();
        }
    }

    /** Before the answer leaves: a client that has it may send its next call, which must find its place free. */
    void callAnswered() {
        admitted.decrementAndGet();
    }

    void callEnded() {
        if (inProgress.decrementAndGet() == 0) {
            idleLock.lock();
            try {
                idle.signalAll();
            } finally {
                idleLock.unlock();
            }
        }
    }

    void checkResponse(MethodDescriptor<?, ?> method, int size) {
        Limits.check(
                "response of " + method,
                size,
                "remora.server." + ServerSettings.MAX_RESPONSE_BYTES.name(),
                maxResponseBytes);
    }

    void checkResponseMetadata(MethodDescriptor<?, ?> method, Metadata headers, Metadata trailers) {
        String knob = "remora.server." + ServerSettings.MAX_METADATA_BYTES.name();
        if (!headers.isEmpty()) {
            Limits.checkMetadata("response metadata of " + method, headers, knob, maxMetadataBytes);
        }
        if (!trailers.isEmpty()) {
            Limits.checkMetadata("trailers of " + method, trailers, knob, maxMetadataBytes);
        }
    }

    /** Where it listens, with the real port. */
    public Endpoint localAddress() {
        return transport.localAddress();
    }

    /** Calls whose handlers have not ended. */
    public int callsInProgress() {
        return inProgress.get();
    }

    /** Full names of the methods served, sorted. */
    public List<String> methods() {
        return methods.fullNames();
    }

    /**
     * Takes no new calls, waits for those in progress, then closes.
     *
     * @param grace longest time to wait
     * @return whether all ended in time; the others were cancelled
     */
    public boolean drain(Duration grace) throws InterruptedException {
        transport.drain();
        boolean all = awaitIdle(grace.toNanos());
        if (!all) {
            LOG.warn("{} calls did not end within {} and are cancelled", inProgress.get(), grace);
        }
        close();
        return all;
    }

    /** As {@link #drain} without waiting; calls in progress are cancelled. Idempotent. */
    @Override
    public void close() {
        transport.close();
    }

    private boolean awaitIdle(long timeoutNs) throws InterruptedException {
        long left = timeoutNs;
        idleLock.lock();
        try {
            while (inProgress.get() > 0 && left > 0) {
                left = idle.awaitNanos(left);
            }
        } finally {
            idleLock.unlock();
        }
        return inProgress.get() == 0;
    }

    /** Collects what a server needs; not for use by several threads. */
    public static final class Builder {
        private final Transport transport;
        private final List<BindableService> services = new ArrayList<>();
        private final List<ServerInterceptor> interceptors = new ArrayList<>();
        private SettingValues settings = DefaultValues.of(ServerSettings.ALL);
        private RpcMetrics metrics = RpcMetrics.none();
        private @Nullable Endpoint address;

        private Builder(Transport transport) {
            this.transport = transport;
        }

        /** Where to listen; that of the settings otherwise. Port 0 takes any free one. */
        public Builder address(Endpoint newAddress) {
            address = newAddress;
            return this;
        }

        public Builder service(BindableService service) {
            services.add(service);
            return this;
        }

        /** The first one added sees a call first. */
        public Builder interceptor(ServerInterceptor interceptor) {
            interceptors.add(interceptor);
            return this;
        }

        /** Values of {@link ServerSettings}; the defaults otherwise. */
        public Builder settings(SettingValues newSettings) {
            settings = newSettings;
            return this;
        }

        public Builder metrics(RpcMetrics newMetrics) {
            metrics = newMetrics;
            return this;
        }

        /**
         * Starts to serve.
         *
         * @throws TransportException if the address cannot be bound
         */
        public RemoraServer start() {
            if (services.isEmpty()) {
                throw new IllegalArgumentException("a server needs a service: call service(...)");
            }
            return new RemoraServer(this);
        }
    }
}
