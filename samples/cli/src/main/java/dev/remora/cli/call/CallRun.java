package dev.remora.cli.call;

import com.google.protobuf.DynamicMessage;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * One call of any shape. Requests are taken from an iterator, which may wait for them, on a thread of its own; what comes
 * back is handed out by {@link #run}'s own thread, and no more is fetched than was handed out.
 */
final class CallRun implements ClientCall.Listener<DynamicMessage> {
    /** Messages fetched ahead. */
    private static final int AHEAD = 16;

    private final ClientCall<DynamicMessage, DynamicMessage> call;
    private final Iterator<DynamicMessage> requests;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Semaphore ready = new Semaphore(0);
    private volatile boolean closed;

    private sealed interface Event {
        record Headers(Metadata headers) implements Event {}

        record Response(DynamicMessage message) implements Event {}

        record Failed(RuntimeException failure) implements Event {}

        record Closed(Status status, Metadata trailers) implements Event {}
    }

    /** How it ended. */
    record End(Status status, Metadata trailers) {}

    CallRun(
            Channel channel,
            MethodDescriptor<DynamicMessage, DynamicMessage> method,
            CallOptions options,
            Iterator<DynamicMessage> requests) {
        this.call = channel.newCall(method, options);
        this.requests = requests;
    }

    /**
     * Makes the call and waits for its end.
     *
     * @throws RuntimeException what the iterator threw; the call is cancelled then
     */
    End run(Consumer<Metadata> headers, Consumer<DynamicMessage> responses) throws InterruptedException {
        call.start(this, Metadata.EMPTY);
        call.request(AHEAD);
        Thread.ofVirtual().name("requests").start(this::send);
        while (true) {
            switch (events.take()) {
                case Event.Headers event -> headers.accept(event.headers);
                case Event.Response event -> {
                    responses.accept(event.message);
                    call.request(1);
                }
                case Event.Failed event -> {
                    cancel("the caller has no request to send");
                    throw event.failure;
                }
                case Event.Closed event -> {
                    return new End(event.status, event.trailers);
                }
            }
        }
    }

    /** Any thread. */
    void cancel(String reason) {
        call.cancel(reason, null);
    }

    private void send() {
        try {
            while (!closed && requests.hasNext()) {
                DynamicMessage request = requests.next();
                while (!closed && !call.isReady()) {
                    ready.acquire();
                }
                if (!closed) {
                    call.sendMessage(request);
                }
            }
            if (!closed) {
                call.halfClose();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            events.add(new Event.Failed(new IllegalStateException("interrupted", e)));
        } catch (RuntimeException e) {
            // One that comes of sending into a call that has just ended is told by its status.
            if (!closed) {
                events.add(new Event.Failed(e));
            }
        }
    }

    @Override
    public void onHeaders(Metadata headers) {
        events.add(new Event.Headers(headers));
    }

    @Override
    public void onMessage(DynamicMessage message) {
        events.add(new Event.Response(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        closed = true;
        ready.release();
        events.add(new Event.Closed(status, trailers));
    }

    @Override
    public void onReady() {
        ready.release();
    }
}
