package dev.remora.api;

import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The call that is being served. While a handler runs, {@link #current} gives its context, and calls made through stubs
 * inherit its deadline and are cancelled with it. Virtual threads forked inside a structured task scope see it too; to
 * carry it to a thread of another kind use {@link #run} or {@link #call} there.
 */
public interface CallContext {
    /** The context of the call this thread is serving, if any. */
    static Optional<CallContext> current() {
        return Optional.ofNullable(currentOrNull());
    }

    /** As {@link #current}, without the wrapping. */
    static @Nullable CallContext currentOrNull() {
        return CurrentCall.VALUE.isBound() ? CurrentCall.VALUE.get() : null;
    }

    MethodDescriptor<?, ?> method();

    /** Metadata the client sent. */
    Metadata requestMetadata();

    /** Until when the client waits; null if it did not say. */
    @Nullable
    Deadline deadline();

    /** Whether the client gave the call up, its deadline passed, or it is gone: further work is wasted. */
    boolean isCancelled();

    /**
     * Runs {@code action} when the call is cancelled, at once if it is already, and never after the call ended.
     *
     * @return closing it takes the action back
     */
    Registration onCancel(Runnable action);

    /** Address of the peer as the transport writes it, for logs. */
    String peer();

    /** Metadata to send with the response, ahead of its messages; may be called until the first message was sent. */
    void addResponseMetadata(Metadata metadata);

    /**
     * Trailers to send with the end of the call, whatever its status; may be called until the call is closed.
     *
     * @throws UnsupportedOperationException if this kind of call sends none
     */
    default void addTrailers(Metadata trailers) {
        throw new UnsupportedOperationException("a call of " + method() + " has no trailers");
    }

    /**
     * How to compress the response, instead of what the server's settings say; may be called until the handler has
     * answered, and while a stream goes on for the messages that are sent from then on. A wish: a message stays as it is if
     * the client reads no such compression, if it is small, and for kinds of calls that do not compress.
     */
    default void compressResponse(Compression compression) {}

    /** Runs {@code action} on this thread with this as current context. */
    default void run(Runnable action) {
        ScopedValue.where(CurrentCall.VALUE, this).run(action);
    }

    /** Runs {@code action} on this thread with this as current context. */
    default <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
        return ScopedValue.where(CurrentCall.VALUE, this).call(action::call);
    }

    /** An action that waits for an event. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
