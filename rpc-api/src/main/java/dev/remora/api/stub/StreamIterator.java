package dev.remora.api.stub;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Iterates over what a reader reads; one message ahead at most. */
final class StreamIterator<T> implements Iterator<T> {
    private final StreamReader<T> reader;
    private @Nullable T next;
    private boolean ended;

    StreamIterator(StreamReader<T> reader) {
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !ended) {
            next = reader.read();
            ended = next == null;
        }
        return next != null;
    }

    @Override
    public T next() {
        T message = hasNext() ? next : null;
        if (message == null) {
            throw new NoSuchElementException("the stream has ended");
        }
        next = null;
        return message;
    }
}
