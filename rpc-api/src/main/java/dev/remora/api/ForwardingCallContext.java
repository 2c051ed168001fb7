package dev.remora.api;

import org.jspecify.annotations.Nullable;

/**
 * A context that hands everything to another: the base for interceptors that change one thing. Whoever makes it current
 * makes the wrapper current, so an override of {@link #run} and {@link #call} surrounds all that is run for the call.
 */
public abstract class ForwardingCallContext implements CallContext {
    private final CallContext delegate;

    /** @param delegate what everything is handed to */
    protected ForwardingCallContext(CallContext delegate) {
        this.delegate = delegate;
    }

    @Override
    public MethodDescriptor<?, ?> method() {
        return delegate.method();
    }

    @Override
    public Metadata requestMetadata() {
        return delegate.requestMetadata();
    }

    @Override
    public @Nullable Deadline deadline() {
        return delegate.deadline();
    }

    @Override
    public boolean isCancelled() {
        return delegate.isCancelled();
    }

    @Override
    public Registration onCancel(Runnable action) {
        return delegate.onCancel(action);
    }

    @Override
    public String peer() {
        return delegate.peer();
    }

    @Override
    public void addResponseMetadata(Metadata metadata) {
        delegate.addResponseMetadata(metadata);
    }

    @Override
    public void addTrailers(Metadata trailers) {
        delegate.addTrailers(trailers);
    }

    @Override
    public void compressResponse(Compression compression) {
        delegate.compressResponse(compression);
    }
}
