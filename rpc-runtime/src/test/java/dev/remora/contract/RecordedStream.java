package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A listener that keeps what it was told, checks that events come one at a time and that none comes after the end. */
class RecordedStream<R> implements ClientCall.Listener<R> {
    final List<R> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Metadata> headers = new CompletableFuture<>();
    final AtomicInteger readies = new AtomicInteger();
    final CompletableFuture<Status> sendClosed = new CompletableFuture<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final AtomicReference<Metadata> trailers = new AtomicReference<>(Metadata.EMPTY);
    private final AtomicInteger inside = new AtomicInteger();
    private final List<String> wrongs = new CopyOnWriteArrayList<>();

    private void event(String name, Runnable body) {
        if (inside.incrementAndGet() != 1) {
            wrongs.add(name + " while another event is being told");
        }
        if (end.isDone()) {
            wrongs.add(name + " after the end");
        }
        body.run();
        inside.decrementAndGet();
    }

    @Override
    public void onHeaders(Metadata newHeaders) {
        event("onHeaders", () -> {
            if (!messages.isEmpty()) {
                wrongs.add("headers after a message");
            }
            headers.complete(newHeaders);
        });
    }

    @Override
    public void onMessage(R message) {
        event("onMessage", () -> {
            messages.add(message);
            received(message);
        });
    }

    /** For subclasses. */
    void received(R message) {}

    @Override
    public void onReady() {
        event("onReady", () -> {
            readies.incrementAndGet();
            ready();
        });
    }

    /** For subclasses. */
    void ready() {}

    @Override
    public void onSendClosed(Status status) {
        event("onSendClosed", () -> sendClosed.complete(status));
    }

    @Override
    public void onClose(Status status, Metadata newTrailers) {
        event("onClose", () -> {
            trailers.set(newTrailers);
            end.complete(status);
        });
    }

    boolean hasEnded() {
        return end.isDone();
    }

    Status end() {
        Status status = Patience.await(end, "the end of a stream");
        assertThat(wrongs).isEmpty();
        return status;
    }

    Metadata trailers() {
        end();
        return trailers.get();
    }
}
