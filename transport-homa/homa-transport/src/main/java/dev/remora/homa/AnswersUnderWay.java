package dev.remora.homa;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The answers of one server that their clients have not acknowledged. For any thread. */
final class AnswersUnderWay {
    /** So long a closing server waits for the next acknowledgment: several RESENDs and NEED_ACKs. */
    private static final long PATIENCE_NS = 200_000_000;
    /** And so long for all of them. */
    private static final long LONGEST_NS = 5_000_000_000L;

    private static final long POLL_NS = 100_000;

    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    /** An answer, or a part of one, is being sent, or kept to be fetched. */
    void begins() {
        begun.incrementAndGet();
    }

    /** The client has it, or is lost. */
    void ends() {
        ended.incrementAndGet();
    }

    /**
     * Waits until there are none, none has ended for a while, or it has taken too long.
     *
     * @return how many there are
     */
    long await() {
        long startNs = System.nanoTime();
        long progressNs = startNs;
        long nowNs = startNs;
        long before = ended.get();
        while (begun.get() != before && nowNs - progressNs <= PATIENCE_NS && nowNs - startNs <= LONGEST_NS) {
            LockSupport.parkNanos(POLL_NS);
            nowNs = System.nanoTime();
            long after = ended.get();
            if (after != before) {
                before = after;
                progressNs = nowNs;
            }
        }
        return begun.get() - before;
    }
}
