package dev.remora.homa;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The answers of one server that their clients have not acknowledged. For any thread. */
final class AnswersUnderWay {
    private static final long POLL_NS = 100_000;
    /**
     * So often a closing server looks in vain for the next acknowledgment, which is 0.2 s, enough for several RESENDs and NEED_ACKs. Counted,
     * for while this process gets no CPU no acknowledgment is late.
     */
    private static final int PATIENCE_POLLS = 2_000;
    /** And so long for all of them. */
    private static final long LONGEST_NS = 5_000_000_000L;

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
     * Waits until there are none, none has ended for a while, or it has taken too long. Hardly waits on an interrupted thread.
     *
     * @return how many there are
     */
    long await() {
        long startNs = System.nanoTime();
        long before = ended.get();
        int inVain = 0;
        while (begun.get() != before && inVain < PATIENCE_POLLS && System.nanoTime() - startNs <= LONGEST_NS) {
            LockSupport.parkNanos(POLL_NS);
            long after = ended.get();
            inVain = after == before ? inVain + 1 : 0;
            before = after;
        }
        return begun.get() - before;
    }
}
