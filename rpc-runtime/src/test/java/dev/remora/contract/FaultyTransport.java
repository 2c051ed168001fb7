package dev.remora.contract;

import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another transport with faults: requests and responses are held up for random times, on several threads, so that they overtake
 * one another as much as they can; and requests that carry messages of streams and want no answer come twice at times.
 */
public final class FaultyTransport implements Transport {
    private static final int MAX_DELAY_US = 2_000;
    private static final int THREADS = 3;

    private final Transport inner;
    private final SplittableRandom random;
    private final ScheduledExecutorService late;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();

    /** @param seed of the faults; their order follows from it, when they happen does not */
    public FaultyTransport(Transport inner, long seed) {
        this.inner = inner;
        this.random = new SplittableRandom(seed);
        this.late = Executors.newScheduledThreadPool(
                THREADS, task -> Thread.ofPlatform().daemon().name("faults").unstarted(task));
    }

    private void later(Runnable action) {
        int delayUs;
        synchronized (random) {
            delayUs = random.nextInt(4) == 0 ? random.nextInt(MAX_DELAY_US) : random.nextInt(100);
        }
        late.schedule(action, delayUs, TimeUnit.MICROSECONDS);
    }

    private boolean once(int outOf) {
        synchronized (random) {
            return random.nextInt(outOf) == 0;
        }
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public TransportCapabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        return inner.listen(local, (exchange, request) -> {
            if (comesTwice(request)) {
                handler.onRequest(new DeafExchange(exchange), new Copy(request.bytes()));
            }
            handler.onRequest(exchange, request);
        });
    }

    /** Only a segment: a second opening would be a second call, and of a second pull the answer would be lost. */
    private boolean comesTwice(MessageBuffer request) {
        ByteBuffer bytes = request.bytes().duplicate();
        if (!StreamRequest.isOne(bytes)) {
            return false;
        }
        try {
            StreamRequest head = StreamRequest.read(bytes, Integer.MAX_VALUE);
            boolean only =
                    head.has(StreamRequest.SEGMENT) && !head.has(StreamRequest.OPEN) && !head.has(StreamRequest.HOLD);
            return only && once(5);
        } catch (MalformedEnvelopeException e) {
            return false;
        }
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        ClientTransport client = inner.connect(peer);
        return new ClientTransport() {
            @Override
            public Endpoint peer() {
                return client.peer();
            }

            @Override
            public MessageBuffer allocate(int size) {
                return client.allocate(size);
            }

            @Override
            public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
                Call call = new Call(client, request, timeoutNs, handler);
                calls.add(call);
                later(call::start);
                return call;
            }

            @Override
            public int outstanding() {
                return calls.size();
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    @Override
    public void close() {
        Patience.until(calls::isEmpty, "late calls end");
        inner.close();
        late.shutdown();
        try {
            if (!late.awaitTermination(Patience.BOUND_S, TimeUnit.SECONDS)) {
                throw new AssertionError("what is late never comes");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private final class Call implements ResponseHandler, TransportCall {
        private final ClientTransport client;
        private final MessageBuffer request;
        private final long timeoutNs;
        private final ResponseHandler handler;
        private @Nullable TransportCall started;
        private boolean cancelled;

        Call(ClientTransport client, MessageBuffer request, long timeoutNs, ResponseHandler handler) {
            this.client = client;
            this.request = request;
            this.timeoutNs = timeoutNs;
            this.handler = handler;
        }

        void start() {
            synchronized (this) {
                if (!cancelled) {
                    started = client.call(request, timeoutNs, this);
                    return;
                }
            }
            request.release();
            calls.remove(this);
            handler.onFailure(new TransportException(Reason.CANCELLED, "before it was sent"));
        }

        @Override
        public void cancel() {
            TransportCall call;
            synchronized (this) {
                cancelled = true;
                call = started;
            }
            if (call != null) {
                call.cancel();
            }
        }

        @Override
        public void onResponse(MessageBuffer response) {
            later(() -> {
                calls.remove(this);
                handler.onResponse(response);
            });
        }

        @Override
        public void onFailure(TransportException failure) {
            later(() -> {
                calls.remove(this);
                handler.onFailure(failure);
            });
        }
    }

    /** Whatever it is answered is lost. */
    private record DeafExchange(ServerExchange exchange) implements ServerExchange {
        @Override
        public String peer() {
            return exchange.peer();
        }

        @Override
        public MessageBuffer allocate(int size) {
            return new Copy(ByteBuffer.allocate(size));
        }

        @Override
        public void respond(MessageBuffer response) {
            response.release();
        }

        @Override
        public void abort() {}

        @Override
        public void onCancel(Runnable action) {}
    }

    private static final class Copy implements MessageBuffer {
        private final ByteBuffer bytes;

        Copy(ByteBuffer from) {
            bytes = ByteBuffer.allocate(from.remaining()).put(from.duplicate()).flip();
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public int size() {
            return bytes.capacity();
        }

        @Override
        public void release() {}
    }
}
