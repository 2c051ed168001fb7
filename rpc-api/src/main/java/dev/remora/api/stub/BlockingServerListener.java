package dev.remora.api.stub;

import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of a blocking streaming method: the method runs on a virtual thread of its own and meets the client's
 * messages in a queue. For a method with a single request the thread starts when the request is complete.
 */
final class BlockingServerListener<Q, R> implements ServerCall.Listener<Q>, StreamReader<Q>, StreamWriter<R> {
    private final ServerCall<Q, R> call;
    private final boolean oneRequest;
    private final ServerCalls.BidiMethod<Q, R> method;
    private final MessageQueue<Q> requests;
    private final SendGate gate;
    /** The method runs, or never will. */
    private final AtomicBoolean started = new AtomicBoolean();

    private int received;
    private volatile boolean cancelled;

    BlockingServerListener(ServerCall<Q, R> call, boolean oneRequest, ServerCalls.BidiMethod<Q, R> method) {
        this.call = call;
        this.oneRequest = oneRequest;
        this.method = method;
        // Nothing more is requested of a client that has a single request to send.
        this.requests = new MessageQueue<>(
                oneRequest ? count -> {} : call::request, call.method().request()::size);
        this.gate = new SendGate(call::isReady);
    }

    BlockingServerListener<Q, R> start() {
        if (oneRequest) {
            call.request(1);
        } else {
            requests.open();
            startThread();
        }
        return this;
    }

    private void startThread() {
        if (!started.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual()
                .name(call.method().fullName())
                .start(() -> call.context().run(this::serve));
    }

    private void serve() {
        try {
            method.call(this, this);
        } catch (Throwable failure) {
            // Whatever went wrong, Errors too, the client must hear the end; the status carries the cause to the log.
            requests.abandon(null);
            HandlerFailure.close(call, failure);
            return;
        }
        requests.abandon(null);
        call.close(Status.OK, Metadata.EMPTY);
    }

    @Override
    public void onMessage(Q message) {
        received++;
        if (!requests.offer(message)) {
            requests.abandon(MessageQueue.overrun(call.method()));
        }
    }

    @Override
    public void onHalfClose() {
        if (!oneRequest) {
            requests.end(null);
        } else if (received == 1) {
            requests.end(null);
            startThread();
        } else if (started.compareAndSet(false, true)) {
            HandlerFailure.close(call, ServerCalls.wrongRequestCount(call.method(), received > 1));
        }
    }

    @Override
    public void onCancel() {
        cancelled = true;
        requests.abandon(ServerCalls.cancelled(call.method()));
        gate.close();
        if (started.compareAndSet(false, true)) {
            // The request was not complete, so nobody else ends the call.
            HandlerFailure.close(call, ServerCalls.cancelled(call.method()));
        }
    }

    @Override
    public void onReady() {
        gate.wake();
    }

    @Override
    public @Nullable Q read() {
        try {
            return requests.take();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public void write(R message) {
        try {
            if (!gate.await()) {
                throw ServerCalls.cancelled(call.method());
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        call.sendMessage(message);
    }

    @Override
    public void close() {
        if (!cancelled) {
            requests.abandon(null);
        }
    }

    private RpcException interrupted() {
        Thread.currentThread().interrupt();
        return new RpcException(StatusCode.CANCELLED, call.method() + ": the handler's thread was interrupted");
    }
}
