package dev.remora.homa.engine;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that arrived, in the engine's receive memory. Objects are used again for later messages at the same place, so
 * nobody may touch one after its release.
 */
public final class Received implements MessageBuffer {
    private final Engine engine;
    private final dev.remora.homa.protocol.receive.MessageBuffer place;
    /** From the message's first byte to the end of the slab. */
    private final ByteBuffer whole;

    private @Nullable ByteBuffer tail;
    private int tailStart;
    private ByteBuffer view;
    private int size;
    private volatile boolean lent;
    /** Link of the queue of those released on other threads. */
    @Nullable
    volatile Received next;

    Received(Engine engine, dev.remora.homa.protocol.receive.MessageBuffer place) {
        this.engine = engine;
        this.place = place;
        whole = place.memory()
                .asSlice(place.offset(), Math.min(place.memory().byteSize() - place.offset(), Integer.MAX_VALUE))
                .asByteBuffer();
        view = whole;
    }

    /** Begins a new life with a message of so many bytes. */
    Received lend(int bytes) {
        size = bytes;
        view = whole;
        whole.limit(bytes).position(0);
        lent = true;
        return this;
    }

    dev.remora.homa.protocol.receive.MessageBuffer place() {
        return place;
    }

    /** All bytes that follow the current position are the message from now on: a header has been read. */
    public void dropRead() {
        int start = whole.position();
        size = whole.remaining();
        ByteBuffer rest = tail;
        if (rest == null || tailStart != start) {
            // Headers are mostly of the same length, so this view is made once.
            rest = whole.duplicate().limit(whole.capacity()).position(start).slice();
            tail = rest;
            tailStart = start;
        }
        view = rest.limit(size).position(0);
    }

    @Override
    public ByteBuffer bytes() {
        return view;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void release() {
        if (!lent) {
            throw new IllegalStateException("this message was released already");
        }
        lent = false;
        engine.takeBack(this);
    }
}
