package dev.remora.api.stub;

import dev.remora.api.Metadata;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import org.jspecify.annotations.Nullable;

/** Runs a blocking unary method once its request is complete. */
final class UnaryServerListener<Q, R> implements ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final ServerCalls.UnaryMethod<Q, R> method;
    private @Nullable Q request;
    private boolean tooMany;

    UnaryServerListener(ServerCall<Q, R> call, ServerCalls.UnaryMethod<Q, R> method) {
        this.call = call;
        this.method = method;
    }

    @Override
    public void onMessage(Q message) {
        tooMany = request != null;
        request = message;
    }

    @Override
    public void onHalfClose() {
        try {
            Q message = request;
            if (message == null || tooMany) {
                throw ServerCalls.wrongRequestCount(call.method(), tooMany);
            }
            request = null;
            R response = method.call(message);
            if (response == null) {
                throw ServerCalls.nullResponse(call.method());
            }
            call.sendMessage(response);
        } catch (Throwable failure) {
            // Whatever went wrong, Errors too, the client must hear the end; the status carries the cause to the log.
            HandlerFailure.close(call, failure);
            return;
        }
        call.close(Status.OK, Metadata.EMPTY);
    }
}
