package dev.remora.api.stub;

import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Listener and future of one unary call in one object; cancelling the future cancels the call. */
final class FutureUnaryCall<R> extends CompletableFuture<R> implements ClientCall.Listener<R> {
    private final MethodDescriptor<?, R> method;
    private final ClientCall<?, R> call;
    private @Nullable R message;
    private boolean tooMany;

    FutureUnaryCall(MethodDescriptor<?, R> method, ClientCall<?, R> call) {
        this.method = method;
        this.call = call;
    }

    @Override
    public void onMessage(R newMessage) {
        tooMany = message != null;
        message = newMessage;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        R response = message;
        if (!status.isOk()) {
            completeExceptionally(status.asException(trailers));
        } else if (response == null || tooMany) {
            completeExceptionally(BlockingUnaryCall.wrongCount(method, tooMany));
        } else {
            complete(response);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            call.cancel("the future was cancelled", null);
        }
        return cancelled;
    }

    // What is derived from this future is a plain one: cancelling that does not cancel the call.
    @Override
    public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
