package dev.remora.api.stub;

import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A call whose client is the test. */
final class FakeServerCall implements ServerCall<String, String>, CallContext {
    final List<String> sent = new CopyOnWriteArrayList<>();
    final CompletableFuture<Status> closed = new CompletableFuture<>();
    volatile Metadata trailers = Metadata.EMPTY;
    volatile boolean ready = true;
    private final MethodDescriptor<String, String> method;
    private int requested;

    FakeServerCall(MethodDescriptor<String, String> method) {
        this.method = method;
    }

    synchronized int requested() {
        return requested;
    }

    @Override
    public MethodDescriptor<String, String> method() {
        return method;
    }

    @Override
    public CallContext context() {
        return this;
    }

    @Override
    public synchronized void request(int count) {
        requested += count;
    }

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(String message) {
        sent.add(message);
    }

    @Override
    public void close(Status status, Metadata newTrailers) {
        trailers = newTrailers;
        if (!closed.complete(status)) {
            throw new IllegalStateException("closed twice");
        }
    }

    @Override
    public boolean isReady() {
        return ready;
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
        return "test";
    }

    @Override
    public void addResponseMetadata(Metadata metadata) {}
}
