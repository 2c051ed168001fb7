package dev.remora.homa;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A large message that is put together from its parts. Filled by one thread at a time; its memory counts against a budget until
 * it is released.
 */
final class JoinedMessage implements MessageBuffer {
    private final Budget budget;
    private final ByteBuffer bytes;
    private final BitSet there = new BitSet();
    private final AtomicBoolean released = new AtomicBoolean();
    private int missing;

    private JoinedMessage(Budget budget, int total) {
        this.budget = budget;
        this.bytes = ByteBuffer.allocate(total);
        this.missing = Parts.count(total);
    }

    /** Null when there is no room. */
    static @Nullable JoinedMessage begin(Budget budget, int total) {
        return budget.take(total) ? new JoinedMessage(budget, total) : null;
    }

    /**
     * Puts a part in its place.
     *
     * @return false when it is no sound part of this message or has come before
     */
    boolean put(int offset, ByteBuffer part) {
        int total = bytes.capacity();
        if (!Parts.isSound(total, offset)
                || part.remaining() != Parts.length(total, offset)
                || there.get(offset / Parts.BYTES)) {
            return false;
        }
        bytes.put(offset, part, part.position(), part.remaining());
        there.set(offset / Parts.BYTES);
        missing--;
        return true;
    }

    boolean isComplete() {
        return missing == 0;
    }

    @Override
    public ByteBuffer bytes() {
        if (released.get()) {
            throw new IllegalStateException("this message was released already");
        }
        return bytes;
    }

    @Override
    public int size() {
        return bytes.capacity();
    }

    @Override
    public void release() {
        if (!released.compareAndSet(false, true)) {
            throw new IllegalStateException("this message was released already");
        }
        budget.giveBack(size());
    }
}
