package dev.remora.runtime.stream;

import dev.remora.runtime.compression.CompressedMessage;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be sent, and when which of them may go. One that was compressed counts as the bytes that it has now.
 *
 * <p>Small messages are put together: a segment that is not full goes only while few others are under way, so a lone message
 * leaves at once, and what comes while it is under way leaves together. Full segments go as fast as credit and RPCs allow.
 * Guarded by the stream's lock.
 */
final class Outbox<T> {
    /** Segments under way up to which one goes that is not full. Two, so that a message seldom waits for a whole round trip. */
    static final int UNDER_WAY_FOR_PARTIAL = 2;

    private final MessageRing waiting = new MessageRing();
    private final long batch;
    private final long buffer;
    private long waitingCost;
    private int waitingCompressed;
    private long limit;
    private long spent;
    private long sequence;
    private long acknowledged;
    private boolean ready = true;
    /** Since the last segment messages have waited for credit. */
    private boolean stalled;

    /**
     * @param batch cost of a full segment
     * @param buffer cost of waiting messages with which it is not ready for more
     * @param limit credit to begin with
     */
    Outbox(long batch, long buffer, long limit) {
        this.batch = batch;
        this.buffer = buffer;
        this.limit = limit;
    }

    /** @param compressed what is to be sent in place of the message, if not null */
    void add(T message, int size, @Nullable CompressedMessage compressed) {
        if (compressed == null) {
            addAny(message, size);
        } else {
            waitingCompressed++;
            addAny(compressed, compressed.size());
        }
    }

    private void addAny(Object message, int size) {
        waiting.add(message, size);
        waitingCost += StreamCost.of(size);
        if (waitingCost >= buffer) {
            ready = false;
        }
    }

    boolean isReady() {
        return ready;
    }

    /** @return whether it has become ready again, once per time */
    boolean becomesReady() {
        if (ready || waitingCost > buffer / 2) {
            return false;
        }
        ready = true;
        return true;
    }

    long waitingCost() {
        return waitingCost;
    }

    boolean isEmpty() {
        return waiting.count() == 0;
    }

    /** The peer has told how far we may send; what it told before may come later. */
    void credit(long newLimit) {
        limit = Math.max(limit, newLimit);
    }

    long limit() {
        return limit;
    }

    /** The peer has received so many segments in all. */
    void acknowledge(long received) {
        acknowledged = Math.max(acknowledged, Math.min(received, sequence));
    }

    /** Messages wait, and only the credit holds them. */
    boolean isBlocked() {
        return waiting.count() > 0 && spent >= limit;
    }

    /** Whether messages wait for credit, or had to before the segment that was taken last; told once. */
    boolean takeStall() {
        boolean was = stalled || isBlocked();
        stalled = false;
        return was;
    }

    /** Messages for a full segment wait and may go. */
    boolean isFull() {
        return Math.min(waitingCost, limit - spent) >= batch || limit > spent && firstIsLarge();
    }

    private boolean firstIsLarge() {
        return waiting.count() > 0 && StreamCost.of(waiting.size(0)) >= batch;
    }

    /** Whether a segment with messages may go now. @param last no more messages come, so waiting for some is of no use */
    boolean maySend(boolean last) {
        if (waiting.count() == 0) {
            return false;
        }
        if (spent >= limit) {
            stalled = true;
            return false;
        }
        return last || sequence - acknowledged < UNDER_WAY_FOR_PARTIAL || isFull();
    }

    /** The next segment, after {@link #maySend}. */
    Segment<T> take() {
        long cost = 0;
        int n = 0;
        long most = Math.min(batch, limit - spent);
        while (n < waiting.count()) {
            long next = StreamCost.of(waiting.size(n));
            // The first one goes whatever its size; a large one not behind small ones, which it would delay.
            if (n > 0 && (cost + next > batch || cost >= most)) {
                break;
            }
            cost += next;
            n++;
        }
        Object[] messages = new Object[n];
        int[] sizes = new int[n];
        waiting.drain(n, messages, sizes);
        waitingCost -= cost;
        spent += cost;
        int compressed = waitingCompressed == 0 ? 0 : Segment.countCompressed(messages);
        waitingCompressed -= compressed;
        return new Segment<>(sequence++, messages, sizes, cost, compressed > 0);
    }

    /** A segment without messages. */
    Segment<T> takeEmpty() {
        return Segment.empty(sequence++);
    }

    /** Segments that were taken. */
    long sequence() {
        return sequence;
    }

    /** Drops what waits. */
    void clear() {
        waiting.clear();
        waitingCost = 0;
        waitingCompressed = 0;
    }
}
