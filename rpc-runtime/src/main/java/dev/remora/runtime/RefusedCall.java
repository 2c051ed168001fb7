package dev.remora.runtime;

import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import org.jspecify.annotations.Nullable;

/** A call that ends as soon as it starts. */
final class RefusedCall<Q, R> implements ClientCall<Q, R> {
    private final Status status;

    RefusedCall(Status status) {
        this.status = status;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        listener.onClose(status, Metadata.EMPTY);
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendMessage(Q message) {}

    @Override
    public void halfClose() {}

    @Override
    public void cancel(String reason, @Nullable Throwable cause) {}
}
