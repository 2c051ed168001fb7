package dev.remora.api.stub;

import dev.remora.api.ServerCall;
import org.jspecify.annotations.Nullable;

/** Runs a callback-style method that has a single request, once that is complete. */
final class AsyncRequestListener<Q, R> implements ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final ServerResponses<R> responses;
    private final ServerCalls.AsyncServerStreamingMethod<Q, R> method;
    private @Nullable Q request;
    private boolean tooMany;

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
        try {
            if (message == null || tooMany) {
                throw ServerCalls.wrongRequestCount(call.method(), tooMany);
            }
            method.call(message, responses);
        } catch (Throwable failure) {
            // Whatever went wrong, Errors too, the client must hear the end; the status carries the cause to the log.
            responses.fail(failure);
        }
    }

    @Override
    public void onReady() {
        responses.ready();
    }
}
