package dev.remora.runtime;

import dev.remora.api.BindableService;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.admission.Admission;
import dev.remora.runtime.call.Limit;
import dev.remora.runtime.call.ServerEntry;
import dev.remora.runtime.call.StatusAnswer;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.metrics.ServerMetrics;
import dev.remora.runtime.stream.ServerStreams;
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
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves services over a transport. Handlers run on a new virtual thread per call, or on the transport's thread for
 * methods marked inline. At most {@code max-concurrent-calls} are in progress; beyond that a call waits or is refused, as
 * {@link dev.remora.runtime.admission.Admission} decides, before it is parsed. For use by any thread.
 */
public final class RemoraServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RemoraServer.class);
    /** Where its settings stand in the configuration. */
    private static final String ROOT = "remora.server.";

    /** How much of an unknown method's name is repeated in the answer, in bytes. */
    private static final int MAX_ECHOED_NAME = 200;

    private final MethodTable<ServerEntry<?, ?>> methods;
    private final Limit requestLimit;
    private final Limit responseLimit;
    private final Limit metadataLimit;
    private final CompressionPolicy compression;
    private final ServerMetrics serverMetrics;
    private final Admission admission;

    /** Calls that a drain waits for: until their answer has been handed to the transport. */
    private final AtomicInteger inProgress = new AtomicInteger();

    private final ReentrantLock idleLock = new ReentrantLock();
    private final Condition idle = idleLock.newCondition();
    /** Somebody has begun to wait for the end of calls: before that their ends need no lock. */
    private volatile boolean awaited;

    private final Thread.Builder handlerThreads;
    private final List<ServerLifecycle> companions;
    private final ServerStreams streams;
    private final ServerTransport transport;
    private volatile boolean draining;

    private RemoraServer(Builder builder) {
        SettingValues values = builder.settings;
        requestLimit = Limit.of(ROOT, ServerSettings.MAX_REQUEST_BYTES, values);
        responseLimit = Limit.of(ROOT, ServerSettings.MAX_RESPONSE_BYTES, values);
        metadataLimit = Limit.of(ROOT, ServerSettings.MAX_METADATA_BYTES, values);
        compression = CompressionPolicy.ofServer(values);
        serverMetrics = new ServerMetrics(builder.metrics);
        companions = companions(builder.services);
        Endpoint address =
                builder.address == null ? Endpoint.parse(values.get(ServerSettings.ADDRESS)) : builder.address;
        admission = Admission.of(
                values,
                builder.policies == null ? MethodValues.uniform(values) : builder.policies,
                SystemTime.INSTANCE,
                this::callWaited);
        methods = new MethodTable<>(builder.services, method -> entry(method, builder));
        handlerThreads = Thread.ofVirtual().name("remora-handler");
        streams = new ServerStreams(values, builder.metrics, methods::find, admission, handlerThreads::start, places());
        transport = builder.transport.listen(address, this::onRequest);
        Endpoint local = transport.localAddress();
        serverMetrics.register(
                local.port() == 0 ? local.host() : Integer.toString(local.port()),
                admission::limit,
                admission::inProgress,
                admission::waiting,
                admission::bytes);
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

    private <Q, R> ServerEntry<Q, R> entry(ServerMethod<Q, R> method, Builder builder) {
        ServerCallHandler<Q, R> handler = method.handler();
        for (ServerInterceptor interceptor : builder.interceptors.reversed()) {
            ServerCallHandler<Q, R> inner = handler;
            handler = call -> interceptor.intercept(call, inner);
        }
        MethodDescriptor<Q, R> descriptor = method.descriptor();
        MethodMetrics metrics = builder.metrics.server(descriptor);
        return new ServerEntry<>(
                descriptor,
                handler,
                metrics,
                admission.lane(descriptor.fullName(), metrics),
                builder.calls.server(descriptor));
    }

    /** The services that want to know of this server's life, told of its beginning. */
    private static List<ServerLifecycle> companions(List<BindableService> services) {
        List<ServiceDescriptor> served =
                services.stream().map(BindableService::descriptor).toList();
        List<ServerLifecycle> found = new ArrayList<>();
        for (BindableService service : services) {
            if (service instanceof ServerLifecycle companion) {
                companion.onStart(served);
                found.add(companion);
            }
        }
        return found;
    }

    private ServerStreams.Places places() {
        return new ServerStreams.Places() {
            @Override
            public void taken() {
                inProgress.incrementAndGet();
            }

            @Override
            public void free() {
                callEnded();
            }
        };
    }

    private void onRequest(ServerExchange exchange, MessageBuffer request) {
        if (StreamRequest.isOne(request.bytes())) {
            streams.onRequest(exchange, request);
            return;
        }
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
            admission.offer(call);
        }
    }

    /** @return the call that now owns the request; null if the request has been answered */
    private @Nullable UnaryServerCall<?, ?> accept(ServerExchange exchange, MessageBuffer request)
            throws MalformedEnvelopeException {
        ByteBuffer bytes = request.bytes();
        RequestEnvelope envelope = RequestEnvelope.read(bytes, metadataLimit.bytes());
        ServerEntry<?, ?> entry = methods.find(bytes, envelope.method(), envelope.methodLength());
        if (entry == null) {
            refuse(exchange, StatusCode.UNIMPLEMENTED, "this server has no method " + echo(bytes, envelope));
            return null;
        }
        if (entry.descriptor().shape() != MethodDescriptor.Shape.UNARY) {
            refuse(exchange, StatusCode.UNIMPLEMENTED, entry.descriptor() + " is a stream and was called as unary");
            return null;
        }
        if (draining) {
            Status status = Status.of(StatusCode.UNAVAILABLE, "the server is draining and takes no new calls");
            StatusAnswer.send(exchange, status, StatusAnswer.NOT_SEEN);
            return null;
        }
        Coding coding = envelope.coding();
        Status unreadable = compression.refusal(entry.descriptor(), coding);
        if (unreadable != null) {
            refuse(exchange, unreadable.code(), unreadable.message());
            return null;
        }
        int size = coding.isPlain() ? bytes.remaining() : coding.messageBytes();
        Status tooLarge = requestLimit.refusal("request of ", entry.descriptor(), size);
        if (tooLarge != null) {
            refuse(exchange, tooLarge.code(), tooLarge.message());
            return null;
        }
        inProgress.incrementAndGet();
        return newCall(entry, exchange, envelope, request);
    }

    private <Q, R> UnaryServerCall<Q, R> newCall(
            ServerEntry<Q, R> entry, ServerExchange exchange, RequestEnvelope envelope, MessageBuffer request) {
        long timeoutUs = Math.min(envelope.timeoutUs(), Long.MAX_VALUE / 4000);
        Deadline deadline = timeoutUs == 0 ? null : Deadline.afterNs(timeoutUs * 1000);
        return new UnaryServerCall<>(this, entry, exchange, envelope, deadline, request);
    }

    /** Runs an admitted call: here, or on a thread of its own. */
    void run(UnaryServerCall<?, ?> call) {
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
        StatusAnswer.send(exchange, Status.of(code, message));
    }

    /** Before the answer leaves: a client that has it may send its next call, which must find its place free. */
    void callAnswered(UnaryServerCall<?, ?> call) {
        admission.done(call);
    }

    /** @return whether the call did wait for its turn, and does not any more */
    boolean withdraw(UnaryServerCall<?, ?> call) {
        return admission.withdraw(call);
    }

    private void callWaited(long ns) {
        serverMetrics.waited(ns);
    }

    void callEnded() {
        inProgress.decrementAndGet();
        if (awaited) {
            idleLock.lock();
            try {
                idle.signalAll();
            } finally {
                idleLock.unlock();
            }
        }
    }

    CompressionPolicy compression() {
        return compression;
    }

    Status boundDetails(Status status) {
        return metadataLimit.boundDetails(status);
    }

    void checkResponse(MethodDescriptor<?, ?> method, int size) {
        responseLimit.check("response of ", method, size);
    }

    int maxMetadataBytes() {
        return metadataLimit.bytes();
    }

    void checkResponseMetadata(MethodDescriptor<?, ?> method, Metadata headers, Metadata trailers) {
        metadataLimit.check("response metadata of ", method, headers);
        metadataLimit.check("trailers of ", method, trailers);
    }

    /** Where it listens, with the real port. */
    public Endpoint localAddress() {
        return transport.localAddress();
    }

    /** Streams that have begun and not ended; {@link #callsInProgress} counts them too. */
    public int openStreams() {
        return streams.open();
    }

    /** Calls that have come and have not ended, those that wait for their turn among them. */
    public int callsInProgress() {
        return inProgress.get();
    }

    /** Calls that wait for their turn; {@link #callsInProgress} counts them too, and a moment earlier. */
    public int callsWaiting() {
        return admission.waiting();
    }

    /** Full names of the methods served, sorted. */
    public List<String> methods() {
        return methods.fullNames();
    }

    /**
     * Takes no new calls, waits for those in progress, then closes. Streams that are open go on meanwhile; those that have not
     * ended in time end with UNAVAILABLE.
     *
     * @param grace longest time to wait
     * @return whether all ended in time; the others were cancelled
     * @throws InterruptedException when the calling thread is interrupted: it is closed then without further waiting
     */
    public boolean drain(Duration grace) throws InterruptedException {
        try {
            return awaitCalls(grace);
        } finally {
            close();
        }
    }

    private boolean awaitCalls(Duration grace) throws InterruptedException {
        companions.forEach(RemoraServer::tellOfDrain);
        long endNs = System.nanoTime() + grace.toNanos();
        streams.drain();
        if (streams.open() > 0) {
            // The transport goes on: each further message of a stream is a new request to it.
            draining = true;
            await(() -> streams.open() == 0, endNs);
            endStreams("the server is going down and the stream did not end in time");
        }
        transport.drain();
        boolean all = await(() -> inProgress.get() == 0, endNs);
        if (!all) {
            LOG.warn("{} calls did not end within {} and are cancelled", inProgress.get(), grace);
        }
        return all;
    }

    private static void tellOfDrain(ServerLifecycle companion) {
        try {
            companion.onDrain();
        } catch (RuntimeException e) {
            // The server must drain all the same.
            LOG.error("{} failed when it was told of the drain", companion, e);
        }
    }

    /** As {@link #drain} without waiting; calls in progress are cancelled. Idempotent. */
    @Override
    public void close() {
        streams.drain();
        endStreams("the server was closed");
        transport.close();
        streams.close();
        serverMetrics.close();
    }

    private void endStreams(String why) {
        streams.endAll(Status.of(StatusCode.UNAVAILABLE, why));
    }

    /** Waits for what the end of a call can bring about. */
    private boolean await(BooleanSupplier state, long endNs) throws InterruptedException {
        awaited = true;
        idleLock.lock();
        try {
            for (long left = endNs - System.nanoTime(); !state.getAsBoolean() && left > 0; ) {
                left = idle.awaitNanos(left);
            }
        } finally {
            idleLock.unlock();
        }
        return state.getAsBoolean();
    }

    /** Collects what a server needs; not for use by several threads. */
    public static final class Builder {
        private final Transport transport;
        private final List<BindableService> services = new ArrayList<>();
        private final List<ServerInterceptor> interceptors = new ArrayList<>();
        private SettingValues settings = DefaultValues.of(ServerSettings.ALL);
        private RpcMetrics metrics = RpcMetrics.none();
        private LiveCalls calls = LiveCalls.create();
        private @Nullable Endpoint address;
        private @Nullable MethodValues policies;

        private Builder(Transport transport) {
            this.transport = transport;
        }

        /** Where to listen; that of the settings otherwise. Port 0 takes any free one. */
        public Builder address(Endpoint newAddress) {
            address = newAddress;
            return this;
        }

        /** One more service; if it is a {@link ServerLifecycle}, it is told of this server's life. */
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

        /** Values that depend on the method: those of {@link AdmissionSettings#ofPolicy}. */
        public Builder policies(MethodValues newPolicies) {
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
