package dev.remora.api;

import org.jspecify.annotations.Nullable;

/** A call that hands everything to another: the base for interceptors that change one thing. */
public abstract class ForwardingClientCall<Q, R> implements ClientCall<Q, R> {
    private final ClientCall<Q, R> delegate;

    protected ForwardingClientCall(ClientCall<Q, R> delegate) {
        this.delegate = delegate;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        delegate.start(listener, headers);
    }

    @Override
    public void request(int count) {
        delegate.request(count);
    }

    @Override
    public void sendMessage(Q message) {
        delegate.sendMessage(message);
    }

    @Override
    public void halfClose() {
        delegate.halfClose();
    }

    @Override
    public void cancel(String reason, @Nullable Throwable cause) {
        delegate.cancel(reason, cause);
    }

    @Override
    public boolean isReady() {
        return delegate.isReady();
    }

    @Override
    public boolean drive() {
        return delegate.drive();
    }

    /** A listener that hands everything to another. */
    public abstract static class ForwardingListener<R> implements Listener<R> {
        private final Listener<R> delegate;

        protected ForwardingListener(Listener<R> delegate) {
            this.delegate = delegate;
        }

        @Override
        public void onHeaders(Metadata headers) {
            delegate.onHeaders(headers);
        }

        @Override
        public void onMessage(R message) {
            delegate.onMessage(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            delegate.onClose(status, trailers);
        }

        @Override
        public void onReady() {
            delegate.onReady();
        }

        @Override
        public void onSendClosed(Status status) {
            delegate.onSendClosed(status);
        }

        @Override
        public boolean drives() {
            return delegate.drives();
        }
    }
}
