package dev.remora.api.stub;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one direction of a call, read by blocking; made for virtual threads. A bounded number of messages is
 * fetched ahead, and the sender is held back when they are not read. One thread at a time reads; {@link #close} is for
 * any thread.
 */
public interface StreamReader<T> extends Iterable<T>, AutoCloseable {
    /**
     * The next message, waiting for it; null after the last one.
     *
     * @throws dev.remora.api.RpcException if the call failed, after the messages that arrived before; CANCELLED if the
     *     thread is interrupted, with the interrupt flag set again and, at a client, the call cancelled
     */
    @Nullable
    T read();

    /** All messages that are left. There is one sequence of messages: whatever iterates, takes. */
    @Override
    default Iterator<T> iterator() {
        return new StreamIterator<>(this);
    }

    /** Gives the rest up. At a client it cancels the call, unless it has ended; at a server nothing more is received. */
    @Override
    void close();
}
