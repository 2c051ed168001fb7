package dev.remora.api.stub;

import dev.remora.api.Metadata;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The responses of one call in callback style. A handler may keep it and answer from any thread. */
final class ServerResponses<R> implements CallStreamObserver<R> {
    private final ServerCall<?, R> call;
    private final boolean oneResponse;
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean sent;
    private volatile @Nullable Runnable readyAction;

    /** @param oneResponse end the call with INTERNAL if there is not exactly one */
    ServerResponses(ServerCall<?, R> call, boolean oneResponse) {
        this.call = call;
        this.oneResponse = oneResponse;
    }

    @Override
    public void onNext(R message) {
        if (closed.get()) {
            // The client may have given the call up, or the handler failed: nobody waits for it.
            return;
        }
        if (oneResponse && sent) {
            fail(Status.of(
                            StatusCode.INTERNAL,
                            "the handler of " + call.method().fullName() + " gave more than one response")
                    .asException());
            return;
        }
        sent = true;
        try {
            call.sendMessage(message);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        fail(failure);
    }

    @Override
    public void onCompleted() {
        if (oneResponse && !sent) {
            fail(Status.of(
                            StatusCode.INTERNAL,
                            "the handler of " + call.method().fullName() + " gave no response")
                    .asException());
        } else if (closed.compareAndSet(false, true)) {
            call.close(Status.OK, Metadata.EMPTY);
        }
    }

    @Override
    public boolean isReady() {
        return !closed.get() && call.isReady();
    }

    @Override
    public void onReady(Runnable action) {
        readyAction = action;
    }

    @Override
    public void cancel(String reason) {
        fail(Status.of(StatusCode.CANCELLED, reason).asException());
    }

    /** Ends the call, unless it has been ended before. */
    void fail(Throwable failure) {
        if (closed.compareAndSet(false, true)) {
            HandlerFailure.close(call, failure);
        }
    }

    /** {@link ServerCall#isReady} has turned true. */
    void ready() {
        Runnable action = readyAction;
        if (action == null) {
            return;
        }
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }
}
