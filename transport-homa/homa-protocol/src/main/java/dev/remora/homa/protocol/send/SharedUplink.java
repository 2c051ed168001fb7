package dev.remora.homa.protocol.send;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When the link will have sent everything that all its queues were given, by estimate. For any thread; nobody waits.
 *
 * <p>Between the look at the backlog and the charge another queue may send, too: the estimate is then above its limit by a
 * frame for each queue, and they wait longer afterwards.
 */
public final class SharedUplink {
    private final AtomicLong idleNs;

    /** @param startNs the time now */
    public SharedUplink(long startNs) {
        idleNs = new AtomicLong(startNs);
    }

    /** So much more of the link's time was given away. */
    void charge(long costNs, long nowNs) {
        long seen;
        long base;
        do {
            seen = idleNs.get();
            base = seen - nowNs < 0 ? nowNs : seen;
        } while (!idleNs.compareAndSet(seen, base + costNs));
    }

    /** How long the link needs for what it was given. */
    public long backlogNs(long nowNs) {
        return Math.max(0, idleNs.get() - nowNs);
    }
}
