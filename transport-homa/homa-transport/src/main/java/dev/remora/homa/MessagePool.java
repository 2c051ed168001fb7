package dev.remora.homa;

import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Messages to be sent, used again and again: sizes of powers of two, of each a bounded number kept. Beyond that, and above the
 * largest size kept, they are left to the garbage collector. For any thread.
 */
final class MessagePool {
    private static final int MIN_SHIFT = 8;
    private static final int MOST_KEPT = 8192;
    /** Above it a message is rare enough to be made anew. */
    private static final int LARGEST_KEPT = 1 << 24;

    private final int maxMessageBytes;
    private final @Nullable MessageRing[] rings;
    private final LongAdder inUse = new LongAdder();

    /**
     * @param maxMessageBytes largest message
     * @param keptBytes most memory of each size kept for use again; sizes of which not even two fit are not kept
     */
    MessagePool(int maxMessageBytes, long keptBytes) {
        this.maxMessageBytes = maxMessageBytes;
        rings = new @Nullable MessageRing[ring(LARGEST_KEPT) + 1];
        for (int i = 0; i < rings.length; i++) {
            int kept = (int) Math.min(MOST_KEPT, keptBytes >> (MIN_SHIFT + i));
            rings[i] = kept < 2 ? null : new MessageRing(Integer.highestOneBit(kept));
        }
    }

    private static int ring(int size) {
        return size <= 1 << MIN_SHIFT ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(size - 1) - MIN_SHIFT;
    }

    /** @throws TransportException TOO_LARGE */
    OutgoingMessage lend(int size) {
        if (size < 0) {
            throw new IllegalArgumentException("a message of " + size + " bytes");
        }
        if (size > maxMessageBytes) {
            throw new TransportException(
                    Reason.TOO_LARGE,
                    "a message of " + size + " bytes exceeds the limit of " + maxMessageBytes
                            + " bytes: send less, or raise remora.homa.max-message-bytes on both sides");
        }
        return unlimited(size);
    }

    /** A message of ours, taken already: a part, or nothing but a header. */
    OutgoingMessage own(int size) {
        return OutgoingMessage.take(unlimited(size));
    }

    private OutgoingMessage unlimited(int size) {
        inUse.increment();
        if (size > LARGEST_KEPT) {
            return new OutgoingMessage(this, size).lend(size);
        }
        int index = ring(size);
        MessageRing ring = rings[index];
        OutgoingMessage free = ring == null ? null : ring.poll();
        return (free == null ? new OutgoingMessage(this, 1 << (MIN_SHIFT + index)) : free).lend(size);
    }

    void takeBack(OutgoingMessage message) {
        inUse.decrement();
        if (message.capacity() <= LARGEST_KEPT) {
            MessageRing ring = rings[ring(message.capacity())];
            if (ring != null) {
                ring.offer(message);
            }
        }
    }

    /** Messages lent and not given back. */
    long inUse() {
        return inUse.sum();
    }
}
