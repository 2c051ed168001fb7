package dev.remora.runtime.inprocess;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A message on the heap. Its array is never used for a second message, so someone who touches a buffer after release
 * cannot harm another call; and every use through this object after that is an error at once.
 */
final class HeapBuffer implements MessageBuffer {
    private final byte[] array;
    private final ByteBuffer view;
    private final AtomicLong inUse;
    private final AtomicBoolean held = new AtomicBoolean(true);

    private HeapBuffer(byte[] array, AtomicLong inUse) {
        this.array = array;
        this.view = ByteBuffer.wrap(array);
        this.inUse = inUse;
    }

    /** @param inUse counts the buffers that were not released yet */
    static HeapBuffer allocate(int size, AtomicLong inUse) {
        HeapBuffer buffer = new HeapBuffer(new byte[size], inUse);
        inUse.incrementAndGet();
        return buffer;
    }

    /** Takes a buffer from whoever holds it: the same bytes under a new view, while the old object becomes unusable. */
    static HeapBuffer take(MessageBuffer from) {
        if (!(from instanceof HeapBuffer buffer)) {
            throw new IllegalArgumentException("a " + from.getClass().getName()
                    + " was handed to the in-process transport: hand over what its own allocate() gave");
        }
        buffer.letGo();
        return new HeapBuffer(buffer.array, buffer.inUse);
    }

    @Override
    public ByteBuffer bytes() {
        if (!held.get()) {
            throw new IllegalStateException("this message buffer was released or handed on: do not use it afterwards");
        }
        return view;
    }

    @Override
    public int size() {
        return array.length;
    }

    @Override
    public void release() {
        letGo();
        inUse.decrementAndGet();
    }

    private void letGo() {
        if (!held.compareAndSet(true, false)) {
            throw new IllegalStateException(
                    "this message buffer was released or handed on already: release it once, or hand it on once");
        }
    }
}
