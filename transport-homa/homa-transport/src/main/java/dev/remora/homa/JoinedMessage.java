package dev.remora.homa;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A large message that is put together from its parts. Filled by one thread at a time; its memory is lent to other messages
 * after it was released, so nobody may touch it then.
 */
final class JoinedMessage implements MessageBuffer {
    private final JoinMemory memory;
    private final byte[] array;
    private final ByteBuffer bytes;
    private final BitSet there = new BitSet();
    private final AtomicBoolean released = new AtomicBoolean();
    private int missing;

    private JoinedMessage(JoinMemory memory, byte[] array, int total) {
        this.memory = memory;
        this.array = array;
        this.bytes = ByteBuffer.wrap(array, 0, total).slice();
        this.missing = Parts.count(total);
    }

    /** Null when there is no room. */
    static @Nullable JoinedMessage begin(JoinMemory memory, int total) {
        byte[] array = memory.lend(total);
        return array == null ? null : new JoinedMessage(memory, array, total);
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
        memory.giveBack(array);
    }
}
