package dev.remora.codegen;

import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.Deadline;
import dev.remora.api.Marshaller;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerMethod;
import dev.remora.api.Status;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Joins stubs and a service without a network: messages go through their bytes, events of a call through one thread. */
final class LoopbackChannel implements Channel {
    private final BindableService service;

    LoopbackChannel(BindableService service) {
        this.service = service;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        ServerMethod<?, ?> found = service.methods().stream()
                .filter(m -> m.descriptor() == method)
                .findFirst()
                .orElseThrow();
        return new ClientSide<>((ServerMethod<Q, R>) found);
    }

    private static <T> T copy(Marshaller<T> marshaller, T message) {
        ByteBuffer bytes = ByteBuffer.allocate(marshaller.size(message));
        marshaller.write(message, bytes);
        return marshaller.read(bytes.flip());
    }

    private static ExecutorService oneThread() {
        return Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    }

    private static final class ClientSide<Q, R> implements ClientCall<Q, R> {
        private final ServerMethod<Q, R> method;
        private final ExecutorService events = oneThread();
        private ServerCall.@Nullable Listener<Q> server;

        ClientSide(ServerMethod<Q, R> method) {
            this.method = method;
        }

        private void atServer(Consumer<ServerCall.Listener<Q>> event) {
            events.execute(() -> {
                if (server != null) {
                    event.accept(server);
                }
            });
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            events.execute(() -> server = method.handler().startCall(new ServerSide<>(method.descriptor(), listener)));
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendMessage(Q message) {
            Q copy = copy(method.descriptor().request(), message);
            atServer(s -> s.onMessage(copy));
        }

        @Override
        public void halfClose() {
            atServer(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void cancel(String reason, @Nullable Throwable cause) {
            atServer(ServerCall.Listener::onCancel);
        }
    }

    private static final class ServerSide<Q, R> implements ServerCall<Q, R>, CallContext {
        private final MethodDescriptor<Q, R> method;
        private final ClientCall.Listener<R> client;
        private final ExecutorService events = oneThread();

        ServerSide(MethodDescriptor<Q, R> method, ClientCall.Listener<R> client) {
            this.method = method;
            this.client = client;
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(R message) {
            R copy = copy(method.response(), message);
            events.execute(() -> client.onMessage(copy));
        }

        @Override
        public void close(Status status, Metadata trailers) {
            events.execute(() -> client.onClose(status, trailers));
            events.shutdown();
        }

        @Override
        public MethodDescriptor<Q, R> method() {
            return method;
        }

        @Override
        public CallContext context() {
            return this;
        }

        @Override
        public Metadata requestMetadata() {
            return Metadata.EMPTY;
        }

        @Override
        public @Nullable Deadline deadline() {
            return null;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public Registration onCancel(Runnable action) {
            return () -> {};
        }

        @Override
        public String peer() {
            return "loopback";
        }

        @Override
        public void addResponseMetadata(Metadata metadata) {}
    }
}
