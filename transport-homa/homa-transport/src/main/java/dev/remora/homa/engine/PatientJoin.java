package dev.remora.homa.engine;

import java.util.concurrent.TimeUnit;

/** Waits for the end of a thread that has to be woken to see that it should end, whatever interrupts the wait. */
final class PatientJoin {
    private static final long NUDGE_MS = 100;

    private PatientJoin() {}

    /**
     * @param nudge wakes the thread
     * @return whether it has ended
     */
    static boolean join(Thread thread, Runnable nudge, long millis) {
        boolean interrupted = false;
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (thread.isAlive() && System.nanoTime() - endNs < 0) {
            try {
                thread.join(NUDGE_MS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            nudge.run();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
