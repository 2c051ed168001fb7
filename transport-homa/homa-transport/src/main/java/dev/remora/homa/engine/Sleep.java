package dev.remora.homa.engine;

import dev.remora.homa.link.Awaitable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The sleep of an engine's thread: on its port where that can wake it, so that a packet ends it at once, or for a time.
 * {@link #begin} and then a last look at whatever {@link #wake} is called for make sure that nothing is overlooked.
 */
final class Sleep {
    /** Timers of the protocol may be late by so much; a pacer's may not. */
    static final long TIMERS_LATE_NS = 5_000_000;

    private static final long LONGEST_NS = 80_000_000;

    private static final int AWAKE = 0;
    private static final int ON_CLOCK = 1;
    private static final int ON_PORT = 2;

    private final @Nullable Awaitable port;
    private volatile int state;
    private volatile long untilNs;
    /** Sleeping thread only. */
    private boolean armed;
    /** By the sleeping thread; others may read it late. */
    long count;

    Sleep(@Nullable Awaitable port) {
        this.port = port;
    }

    boolean isAsleep() {
        return state != AWAKE;
    }

    /** Whether somebody sleeps whom packets will wake. */
    boolean isForPackets() {
        return state == ON_PORT;
    }

    /** Whether the sleep, or the last one, ends by then at the latest. */
    boolean endsBy(long timeNs) {
        return timeNs - untilNs >= 0;
    }

    /**
     * How long to sleep at most. Where packets end it, a quarter of the time that there was nothing to do: callers that come often find
     * a thread that will see to their timers, and one that nobody calls hardly ever wakes.
     *
     * @param parkNs where packets do not end it
     */
    long longestNs(long parkNs, long idleNs) {
        return port == null ? parkNs : Math.clamp(idleNs / 4, TIMERS_LATE_NS, LONGEST_NS);
    }

    /**
     * Packets that come from now on will end a sleep on the port. Then {@link #disarm}, whether there was one or not.
     *
     * @return whether the caller must look for packets once more, since those that came before will not
     */
    boolean arm() {
        armed = port != null;
        return port != null && port.arm();
    }

    void disarm() {
        if (armed && port != null) {
            armed = false;
            port.disarm();
        }
    }

    /** From here on {@link #wake} counts. By the thread that is going to sleep. */
    void begin(boolean forPackets, long nowNs, long ns) {
        untilNs = nowNs + ns;
        state = forPackets && port != null ? ON_PORT : ON_CLOCK;
    }

    /** @param room whether to wake up when the device takes packets, too */
    void sleep(Object blocker, boolean room, long ns) {
        count++;
        if (state == ON_PORT && port != null) {
            // Whatever ended it, the thread looks at everything.
            boolean unused = port.await(room, ns);
        } else {
            LockSupport.parkNanos(blocker, ns);
        }
    }

    void end() {
        state = AWAKE;
    }

    /** From any thread; nothing happens if nobody sleeps. */
    void wake(Thread sleeper) {
        int at = state;
        if (at == ON_PORT && port != null) {
            port.wake();
        } else if (at == ON_CLOCK) {
            LockSupport.unpark(sleeper);
        }
    }
}
