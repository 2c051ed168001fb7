package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.MessageBuffers;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Message memory with a bound on the bytes lent, which knows who has not come back and overwrites what has: whoever
 * reads a buffer after its release finds nonsense.
 *
 * <p>The bound is kept here and not by the slabs, because slabs cut for small messages never serve large ones.
 */
final class CountingBuffers implements MessageBuffers {
    private static final byte RELEASED = (byte) 0xDD;

    private final SlabMessageBuffers slabs = SlabMessageBuffers.heap(FaultPlan.AMPLE_BUFFER_BYTES);
    private final Set<MessageBuffer> lent = Collections.newSetFromMap(new IdentityHashMap<>());
    private final long maxBytes;
    private long bytes;
    private long refusals;

    CountingBuffers(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public @Nullable MessageBuffer allocate(int length) {
        MessageBuffer buffer = bytes + length > maxBytes ? null : slabs.allocate(length);
        if (buffer == null) {
            refusals++;
            return null;
        }
        if (bytes + buffer.capacity() > maxBytes) {
            slabs.release(buffer);
            refusals++;
            return null;
        }
        if (buffer.capacity() < length) {
            throw new FaultViolation("buffer of " + buffer.capacity() + " bytes for " + length);
        }
        bytes += buffer.capacity();
        lent.add(buffer);
        return buffer;
    }

    @Override
    public void release(MessageBuffer buffer) {
        if (!lent.remove(buffer)) {
            throw new FaultViolation("L5: a buffer released that was not lent");
        }
        bytes -= buffer.capacity();
        buffer.memory().asSlice(buffer.offset(), buffer.capacity()).fill(RELEASED);
        slabs.release(buffer);
    }

    int lentCount() {
        return lent.size();
    }

    long refusalCount() {
        return refusals;
    }
}
