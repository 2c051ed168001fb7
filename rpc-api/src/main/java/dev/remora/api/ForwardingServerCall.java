package dev.remora.api;

/** A call that hands everything to another: the base for interceptors that change one thing. */
public abstract class ForwardingServerCall<Q, R> implements ServerCall<Q, R> {
    private final ServerCall<Q, R> delegate;

    protected ForwardingServerCall(ServerCall<Q, R> delegate) {
        this.delegate = delegate;
    }

    @Override
    public MethodDescriptor<Q, R> method() {
        return delegate.method();
    }

    @Override
    public CallContext context() {
        return delegate.context();
    }

    @Override
    public void request(int count) {
        delegate.request(count);
    }

    @Override
    public void sendHeaders(Metadata headers) {
        delegate.sendHeaders(headers);
    }

    @Override
    public void sendMessage(R message) {
        delegate.sendMessage(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        delegate.close(status, trailers);
    }

    @Override
    public boolean isReady() {
        return delegate.isReady();
    }
}
