package dev.remora.homa.protocol.send;

import org.jspecify.annotations.Nullable;

/**
 * The messages that have bytes to send now, by shortest remaining processing time (SIGCOMM'18 §3.2): the one with the
 * fewest bytes left goes first, among equals the older one. A second heap knows the oldest, which gets a small share
 * of the link so that long messages do not starve.
 *
 * <p>Only sendable messages are in it; one that waits for a grant costs nothing here. The order uses the bytes
 * remaining at the last {@link #update}, so an owner that forgets one gets a stale order but never a broken heap.
 */
public final class SendQueue {
    private final int maxMessages;
    private final MessageHeap shortest = new MessageHeap(false);
    private final MessageHeap oldest = new MessageHeap(true);
    private long arrivals;

    /** A message beyond this many is refused; normally the number of RPCs that can exist. */
    public SendQueue(int maxMessages) {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages " + maxMessages);
        }
        this.maxMessages = maxMessages;
    }

    /**
     * Puts a message in, at the place it deserves; one that is in already only moves.
     *
     * @return false if it is not sendable or the queue is full
     */
    public boolean add(OutgoingMessage message) {
        if (!message.sendable()) {
            return false;
        }
        if (message.queued()) {
            update(message);
            return true;
        }
        if (shortest.size() >= maxMessages) {
            return false;
        }
        if (message.arrival == 0) {
            arrivals++;
            message.arrival = arrivals;
        }
        message.queuedRemaining = message.remaining();
        shortest.add(message);
        oldest.add(message);
        return true;
    }

    /** To be called after bytes of a queued message were sent: moves it, or removes it if nothing is sendable. */
    public void update(OutgoingMessage message) {
        if (!message.queued()) {
            return;
        }
        if (!message.sendable()) {
            remove(message);
        } else if (message.queuedRemaining != message.remaining()) {
            message.queuedRemaining = message.remaining();
            shortest.moved(message);
        }
    }

    /** Takes a message out, if it is in. */
    public void remove(OutgoingMessage message) {
        if (message.queued()) {
            shortest.remove(message);
            oldest.remove(message);
        }
    }

    /** The message with the fewest bytes left; null if there is none. */
    public @Nullable OutgoingMessage best() {
        return shortest.first();
    }

    /** The message born first; null if there is none. */
    public @Nullable OutgoingMessage oldest() {
        return oldest.first();
    }

    public int size() {
        return shortest.size();
    }
}
