package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.Compression;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.call.Cancellation;
import org.jspecify.annotations.Nullable;

/** What the handler of a served stream sees of its call beside the messages. For any thread. */
final class StreamContext implements CallContext {
    /** The stream whose handler or listener runs on this thread, whatever context an interceptor has put in its place. */
    private static final ScopedValue<StreamContext> SERVED = ScopedValue.newInstance();

    private final StreamServerCall<?, ?> call;
    private final MethodDescriptor<?, ?> method;
    private final String peer;
    private final Metadata requestMetadata;
    private final @Nullable Deadline deadline;
    private final MessageCompression<?> compression;
    private final Cancellation cancellation = new Cancellation();
    /** Guarded by this. */
    private Metadata trailers = Metadata.EMPTY;

    /** @param compression of the responses */
    StreamContext(
            StreamServerCall<?, ?> call,
            MethodDescriptor<?, ?> method,
            String peer,
            Metadata requestMetadata,
            @Nullable Deadline deadline,
            MessageCompression<?> compression) {
        this.call = call;
        this.method = method;
        this.peer = peer;
        this.requestMetadata = requestMetadata;
        this.deadline = deadline;
        this.compression = compression;
    }

    /** Whether this thread is the handler's, or one that has been given its work. */
    boolean isServedHere() {
        return SERVED.isBound() && SERVED.get() == this;
    }

    void cancel() {
        cancellation.cancel();
    }

    /** The handler has ended: nothing is cancelled any more. */
    void end() {
        cancellation.end();
    }

    synchronized Metadata trailers() {
        return trailers;
    }

    @Override
    public void run(Runnable action) {
        ScopedValue.where(SERVED, this).run(() -> CallContext.super.run(action));
    }

    @Override
    public MethodDescriptor<?, ?> method() {
        return method;
    }

    @Override
    public Metadata requestMetadata() {
        return requestMetadata;
    }

    @Override
    public @Nullable Deadline deadline() {
        return deadline;
    }

    @Override
    public boolean isCancelled() {
        return cancellation.isCancelled();
    }

    @Override
    public Registration onCancel(Runnable action) {
        return cancellation.onCancel(action);
    }

    @Override
    public String peer() {
        return peer;
    }

    @Override
    public void addResponseMetadata(Metadata metadata) {
        call.addResponseMetadata(metadata);
    }

    @Override
    public synchronized void addTrailers(Metadata more) {
        trailers = trailers.plus(more);
    }

    @Override
    public void compressResponse(Compression newCompression) {
        compression.choose(newCompression);
    }
}
