package dev.remora.api.stub;

import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.ServerCall;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Runs a callback-style method that has a single request, once that is complete. */
final class AsyncRequestListener<Q, R> implements ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final ServerResponses<R> responses;
    private final ServerCalls.AsyncServerStreamingMethod<Q, R> method;
    private @Nullable Q request;
    private boolean tooMany;

    // Who finds the method running leaves the cancellation to it.
    private final AtomicInteger entered = new AtomicInteger();

    AsyncRequestListener(
            ServerCall<Q, R> call, ServerResponses<R> responses, ServerCalls.AsyncServerStreamingMethod<Q, R> method) {
        this.call = call;
        this.responses = responses;
        this.method = method;
    }

    @Override
    public void onMessage(Q message) {
        tooMany = request != null;
        request = message;
    }

    @Override
    public void onHalfClose() {
        Q message = request;
        request = null;
        if (entered.getAndIncrement() > 0) {
            return;
        }
        try {
            if (message == null || tooMany) {
                throw ServerCalls.wrongRequestCount(call.method(), tooMany);
            }
            method.call(message, responses);
        } catch (Throwable failure) {
            // Whatever went wrong, Errors too, the client must hear the end; the status carries the cause to the log.
            responses.fail(failure);
        }
        if (entered.decrementAndGet() > 0) {
            responses.fail(ServerCalls.cancelled(call.method()));
        }
    }

    /** A stream ends with it: its method waits for {@link #onReady}, which does not come any more. */
    @Override
    public void onCancel() {
        if (call.method().shape() != Shape.UNARY && entered.getAndIncrement() == 0) {
            responses.fail(ServerCalls.cancelled(call.method()));
        }
    }

    @Override
    public void onReady() {
        responses.ready();
    }
}
