package dev.remora.testing.leak;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.Transport;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Watches the message buffers of any transports: which nobody has released, and where they were allocated or received. A
 * buffer that is used after its release, or released twice, is an error at once, on transports too that cannot tell
 * themselves. It costs a stack trace per buffer: for tests. For any thread.
 */
public final class BufferWatch {
    private final Set<TrackedBuffer> open = ConcurrentHashMap.newKeySet();

    /** Watches nothing yet. */
    public BufferWatch() {}

    /** The transport with its buffers watched; closing it closes the other one. */
    public Transport around(Transport transport) {
        return new WatchedTransport(transport, this);
    }

    /** Buffers that nobody has released. */
    public int inUse() {
        return open.size();
    }

    /** For each of them, where it was allocated or received. */
    public List<Throwable> origins() {
        return open.stream().map(TrackedBuffer::origin).toList();
    }

    MessageBuffer track(MessageBuffer buffer, String what) {
        TrackedBuffer tracked =
                new TrackedBuffer(this, buffer, new Throwable("a buffer of " + buffer.size() + " bytes was " + what));
        open.add(tracked);
        return tracked;
    }

    void forget(TrackedBuffer buffer) {
        open.remove(buffer);
    }
}
