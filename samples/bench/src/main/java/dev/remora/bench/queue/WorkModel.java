package dev.remora.bench.queue;

import java.util.concurrent.locks.LockSupport;

/**
 * How long a handler takes for a request: something for each, and something for each byte, as a disk or a slow dependency does.
 *
 * @param baseUs for each request
 * @param usPerByte for each byte of it
 */
record WorkModel(double baseUs, double usPerByte) {
    /** Time of a request of so many bytes. */
    long ns(double bytes) {
        return (long) ((baseUs + usPerByte * bytes) * 1e3);
    }

    /** Spends that time waiting. */
    void work(int bytes) {
        long endNs = System.nanoTime() + ns(bytes);
        for (long left = endNs - System.nanoTime(); left > 0; left = endNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
