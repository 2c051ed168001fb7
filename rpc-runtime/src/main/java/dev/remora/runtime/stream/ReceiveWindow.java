package dev.remora.runtime.stream;

/**
 * How far the peer may send: to the cost of what the reader has consumed, and a window beyond it. Only the reader moves it, so
 * whatever has arrived and was not consumed is never more than the window and one message.
 *
 * <p>The window begins small and doubles when the sender had to stop although the reader had nothing left to read: then it was
 * the window that was too small for the round trip, and not the reader who was slow. What it grows by comes out of a budget of
 * all streams. Guarded by the stream's lock.
 */
final class ReceiveWindow {
    private static final int UPDATES_PER_WINDOW = 4;

    private final MemoryBudget budget;
    private final long smallest;
    private final long largest;
    private long window;
    private long consumed;
    private long told;
    private boolean senderStopped;
    private boolean closed;

    /** @param told what the peer may send without having been told */
    ReceiveWindow(MemoryBudget budget, long smallest, long largest, long told) {
        this.budget = budget;
        this.smallest = smallest;
        this.largest = Math.max(smallest, largest);
        this.window = smallest;
        this.told = told;
    }

    /** The reader has taken messages of this cost. */
    void consume(long cost) {
        consumed += cost;
    }

    /** The peer had more to send and was not allowed to. */
    void senderStopped() {
        senderStopped = true;
    }

    /** The reader has taken all there is. @param largestCost of a message so far */
    void drained(long largestCost) {
        if (!senderStopped || closed) {
            return;
        }
        senderStopped = false;
        // Two messages, so that one is on its way while the other is being read.
        long wanted = Math.min(largest, Math.max(2 * window, 2 * largestCost));
        if (wanted > window && budget.tryTake(wanted - window)) {
            window = wanted;
        }
    }

    /** Whether the peer should hear of new credit even if nothing else is to be said. */
    boolean isDue() {
        return consumed + window - told >= window / UPDATES_PER_WINDOW;
    }

    /** The credit, for a message that is being sent now. */
    long tell() {
        told = Math.max(told, consumed + window);
        return told;
    }

    /** The most that the peer was told. */
    long told() {
        return told;
    }

    /** Gives back what came out of the budget. Once the stream has ended; any number of times. */
    void close() {
        closed = true;
        budget.giveBack(window - smallest);
        window = smallest;
    }
}
