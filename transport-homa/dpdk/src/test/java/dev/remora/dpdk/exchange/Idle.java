package dev.remora.dpdk.exchange;

import java.util.concurrent.locks.LockSupport;

/** What a polling loop does when there is nothing to do: spins a little, then leaves the CPU to the other process. */
final class Idle {
    private static final int SPINS = 100;
    private int rounds;

    /** After a round. */
    void onRound(boolean busy) {
        if (busy) {
            rounds = 0;
        } else if (rounds++ < SPINS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(5_000);
        }
    }
}
