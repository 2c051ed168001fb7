package dev.remora.homa.link.socket;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** How late a sleep with a time limit may end. For one thread at a time. */
public final class TimerSlack {
    private final SystemCalls calls = new SystemCalls(Arena.ofAuto());
    private @Nullable Thread fine;

    /**
     * The kernel lets timers of a thread be late by 50 us unless told otherwise, as long as a packet takes at 200 Mbit/s: a pacer
     * that sleeps would leave half of such a link unused. For the calling thread; costs a system call the first time.
     */
    public void makeFine() {
        Thread me = Thread.currentThread();
        if (fine != me) {
            fine = me;
            // Where that is not allowed timers are late, and nothing else.
            int unused = calls.prctl(Abi.PR_SET_TIMERSLACK, 1);
        }
    }
}
