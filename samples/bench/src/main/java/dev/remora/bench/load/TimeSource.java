package dev.remora.bench.load;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** A clock, and how to wait on it; tests move one by hand. For any thread. */
interface TimeSource {
    /** The machine's. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochNs() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public void parkNanos(long ns) {
            LockSupport.parkNanos(this, ns);
        }

        @Override
        public void spin() {
            Thread.onSpinWait();
        }
    };

    /** Of any origin; what {@link System#nanoTime} is. */
    long nanoTime();

    /** Since 1970. */
    long epochNs();

    /** Waits for that long, for {@link LockSupport#unpark}, for an interrupt, or for nothing at all. */
    void parkNanos(long ns);

    /** Waits for as little as one can. */
    void spin();
}
