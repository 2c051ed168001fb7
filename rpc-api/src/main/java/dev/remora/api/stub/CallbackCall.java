package dev.remora.api.stub;

import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import org.jspecify.annotations.Nullable;

/** One call in callback style, any shape: hands responses to an observer, and is the observer of the requests. */
final class CallbackCall<Q, R> implements ClientCall.Listener<R>, CallStreamObserver<Q> {
    private final MethodDescriptor<Q, R> method;
    private final ClientCall<Q, R> call;
    private final StreamObserver<R> responses;
    private final boolean oneResponse;
    private @Nullable R held;
    private boolean tooMany;
    private volatile boolean closed;
    private volatile @Nullable Runnable readyAction;

    /** @param oneResponse hold the response until the call ended well, and fail if there is not exactly one */
    CallbackCall(
            MethodDescriptor<Q, R> method, ClientCall<Q, R> call, StreamObserver<R> responses, boolean oneResponse) {
        this.method = method;
        this.call = call;
        this.responses = responses;
        this.oneResponse = oneResponse;
    }

    void start() {
        call.start(this, Metadata.EMPTY);
        call.request(oneResponse ? 1 : MessageQueue.PREFETCH);
    }

    @Override
    public void onMessage(R message) {
        if (oneResponse) {
            tooMany = held != null;
            held = message;
            return;
        }
        try {
            responses.onNext(message);
        } catch (RuntimeException | Error e) {
            // The observer hears of its own failure as the end of the call.
            call.cancel("the response observer failed", e);
            return;
        }
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        closed = true;
        R response = held;
        if (!status.isOk()) {
            responses.onError(status.asException(trailers));
        } else if (oneResponse && (response == null || tooMany)) {
            responses.onError(BlockingUnaryCall.wrongCount(method, tooMany));
        } else {
            if (response != null) {
                responses.onNext(response);
            }
            responses.onCompleted();
        }
    }

    @Override
    public void onReady() {
        Runnable action = readyAction;
        if (action == null) {
            return;
        }
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            call.cancel("the onReady action failed", e);
        }
    }

    @Override
    public void onNext(Q message) {
        // The end of the call is news that the sender may not have heard yet.
        if (!closed) {
            call.sendMessage(message);
        }
    }

    @Override
    public void onError(Throwable failure) {
        call.cancel("the request observer was given a failure", failure);
    }

    @Override
    public void onCompleted() {
        if (!closed) {
            call.halfClose();
        }
    }

    @Override
    public boolean isReady() {
        return !closed && call.isReady();
    }

    @Override
    public void onReady(Runnable action) {
        readyAction = action;
    }

    @Override
    public void cancel(String reason) {
        call.cancel(reason, null);
    }
}
