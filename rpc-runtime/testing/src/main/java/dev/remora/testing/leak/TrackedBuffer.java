package dev.remora.testing.leak;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A buffer that knows where it came from and where it went. */
final class TrackedBuffer implements MessageBuffer {
    private final BufferWatch watch;
    private final MessageBuffer inner;
    private final Throwable origin;
    private final AtomicReference<@Nullable Throwable> gone = new AtomicReference<>();

    /** @param origin made where the buffer was allocated or received */
    TrackedBuffer(BufferWatch watch, MessageBuffer inner, Throwable origin) {
        this.watch = watch;
        this.inner = inner;
        this.origin = origin;
    }

    /** The transport's own buffer, for the transport to take. */
    static MessageBuffer handOn(MessageBuffer buffer) {
        if (!(buffer instanceof TrackedBuffer tracked)) {
            throw new IllegalArgumentException("a " + buffer.getClass().getName()
                    + " was handed to a watched transport: hand over what its own allocate() gave");
        }
        tracked.letGo("handed on");
        return tracked.inner;
    }

    private void letGo(String how) {
        if (!gone.compareAndSet(null, new Throwable("the buffer was " + how + " here"))) {
            throw usedAfter("released or handed on a second time");
        }
        watch.forget(this);
    }

    private IllegalStateException usedAfter(String how) {
        return new IllegalStateException("this message buffer was " + how + "; the cause shows the first", gone.get());
    }

    Throwable origin() {
        return origin;
    }

    @Override
    public ByteBuffer bytes() {
        if (gone.get() != null) {
            throw usedAfter("used after it was released or handed on");
        }
        return inner.bytes();
    }

    @Override
    public int size() {
        return inner.size();
    }

    @Override
    public void release() {
        letGo("released");
        inner.release();
    }
}
