package dev.remora.tcp;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;

/** Warnings that peers can cause at will: at most one a second, with the number left out. Any thread. */
final class RateLimitedLog {
    private static final long INTERVAL_NS = 1_000_000_000L;

    private final Logger log;
    private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
    private final LongAdder suppressed = new LongAdder();

    RateLimitedLog(Logger log) {
        this.log = log;
    }

    void warn(String message) {
        long now = System.nanoTime();
        long next = nextNs.get();
        if (now - next < 0 || !nextNs.compareAndSet(next, now + INTERVAL_NS)) {
            suppressed.increment();
            return;
        }
        long left = suppressed.sumThenReset();
        if (left > 0) {
            log.warn("{} (and {} more such warnings)", message, left);
        } else {
            log.warn("{}", message);
        }
    }
}
