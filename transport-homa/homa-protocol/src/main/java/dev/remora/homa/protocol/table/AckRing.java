package dev.remora.homa.protocol.table;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Acknowledgments on their way from all shards to one, first in, first out. Many threads add, one takes; nobody waits and
 * nothing is allocated. When it is full an acknowledgment is not added: it will be asked for again.
 *
 * <p>Each slot has a turn (Vyukov's bounded queue): its position for who may write there, one more for who may read.
 */
public final class AckRing {
    private static final int WORDS = 4;

    private final int mask;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLongArray turns;
    private final long[] words;
    /** The reader's. */
    private long head;

    private long high;
    private long low;
    private long id;
    private int serverPort;

    /** @param capacity a power of two, at least 2 */
    public AckRing(int capacity) {
        if (capacity < 2 || Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity " + capacity + ": must be a power of two, at least 2");
        }
        mask = capacity - 1;
        turns = new AtomicLongArray(capacity);
        words = new long[capacity * WORDS];
        for (int i = 0; i < capacity; i++) {
            turns.setPlain(i, i);
        }
    }

    /**
     * For any thread.
     *
     * @param clientId as the client knows the RPC
     * @return false when full
     */
    public boolean add(long peerHigh, long peerLow, long clientId, int port) {
        while (true) {
            long position = tail.get();
            int slot = (int) position & mask;
            long turn = turns.getAcquire(slot);
            if (turn < position) {
                return false;
            }
            if (turn == position && tail.compareAndSet(position, position + 1)) {
                words[slot * WORDS] = peerHigh;
                words[slot * WORDS + 1] = peerLow;
                words[slot * WORDS + 2] = clientId;
                words[slot * WORDS + 3] = port;
                turns.setRelease(slot, position + 1);
                return true;
            }
        }
    }

    /** Takes the oldest one, which the getters tell from then on; false when there is none. For one thread. */
    public boolean poll() {
        int slot = (int) head & mask;
        if (turns.getAcquire(slot) != head + 1) {
            return false;
        }
        high = words[slot * WORDS];
        low = words[slot * WORDS + 1];
        id = words[slot * WORDS + 2];
        serverPort = (int) words[slot * WORDS + 3];
        turns.setRelease(slot, head + mask + 1);
        head++;
        return true;
    }

    /** For the thread that polls. */
    public boolean isEmpty() {
        return turns.getAcquire((int) head & mask) != head + 1;
    }

    public long peerHigh() {
        return high;
    }

    public long peerLow() {
        return low;
    }

    public long clientId() {
        return id;
    }

    public int serverPort() {
        return serverPort;
    }
}
