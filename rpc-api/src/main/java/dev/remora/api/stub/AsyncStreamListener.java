package dev.remora.api.stub;

import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands a client's messages to the observer of a callback-style method; its speed holds the client back. */
final class AsyncStreamListener<Q, R> implements ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final ServerResponses<R> responses;
    private final StreamObserver<Q> requests;

    // Cancellation may come on any thread while an observer must be called by one at a time: whoever finds the observer
    // busy leaves its mark here, and the one who is in it delivers the cancellation on leaving.
    private final AtomicInteger entered = new AtomicInteger();
    private boolean ended;

    private AsyncStreamListener(ServerCall<Q, R> call, ServerResponses<R> responses, StreamObserver<Q> requests) {
        this.call = call;
        this.responses = responses;
        this.requests = requests;
    }

    static <Q, R> ServerCall.Listener<Q> start(
            ServerCall<Q, R> call, ServerCalls.AsyncStreamingMethod<Q, R> method, boolean oneResponse) {
        ServerResponses<R> responses = new ServerResponses<>(call, oneResponse);
        StreamObserver<Q> requests;
        try {
            requests = method.call(responses);
            if (requests == null) {
                throw ServerCalls.nullResponse(call.method());
            }
        } catch (Throwable failure) {
            // Whatever went wrong, Errors too, the client must hear the end; the status carries the cause to the log.
            responses.fail(failure);
            return new DeafListener<>();
        }
        call.request(MessageQueue.PREFETCH);
        return new AsyncStreamListener<>(call, responses, requests);
    }

    @Override
    public void onMessage(Q message) {
        if (entered.getAndIncrement() == 0) {
            try {
                requests.onNext(message);
            } catch (RuntimeException | Error e) {
                responses.fail(e);
            } finally {
                leave();
            }
            call.request(1);
        }
    }

    @Override
    public void onHalfClose() {
        if (entered.getAndIncrement() == 0) {
            ended = true;
            try {
                requests.onCompleted();
            } catch (RuntimeException | Error e) {
                responses.fail(e);
            } finally {
                leave();
            }
        }
    }

    @Override
    public void onCancel() {
        // Never left again: nothing follows.
        if (entered.getAndIncrement() == 0) {
            deliverCancel();
        }
    }

    @Override
    public void onReady() {
        responses.ready();
    }

    private void leave() {
        if (entered.decrementAndGet() > 0) {
            deliverCancel();
        }
    }

    private void deliverCancel() {
        // After onCompleted an observer hears nothing; CallContext.onCancel still tells.
        RpcException cancelled = ServerCalls.cancelled(call.method());
        try {
            if (!ended) {
                requests.onError(cancelled);
            }
        } finally {
            // Nobody waits for an answer, so few observers give one; the call is to end all the same.
            responses.fail(cancelled);
        }
    }
}
