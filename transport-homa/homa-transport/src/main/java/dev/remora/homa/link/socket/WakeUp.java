package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sleeping until a socket is ready or another thread calls, by poll(2) and an eventfd. Calls that come before the sleeper
 * has noticed the first are free of cost.
 */
final class WakeUp {
    private static final int SOCKET = 0;
    private static final int EVENT = Abi.POLLFD_BYTES;
    private static final int TIMEOUT = 2 * Abi.POLLFD_BYTES;
    private static final int NUMBER = TIMEOUT + Abi.TIMESPEC_BYTES;
    private static final int ONE = NUMBER + Long.BYTES;
    private static final int BYTES = ONE + Long.BYTES;

    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int event;
    private final MemorySegment memory;
    private final SystemCalls sleepersCalls;
    /** Of all threads that wake, which the lock lets in one by one. */
    private final SystemCalls wakersCalls;

    private final Object lock = new Object();
    private final AtomicBoolean called = new AtomicBoolean();
    private boolean closed;
    /** Of the sleeping thread. */
    private final TimerSlack timerSlack = new TimerSlack();

    /**
     * @param socket to watch, not closed here
     * @param event an eventfd of its own
     */
    WakeUp(int socket, int event) {
        Arena arena = Arena.ofAuto();
        this.event = event;
        sleepersCalls = new SystemCalls(arena);
        wakersCalls = new SystemCalls(arena);
        memory = arena.allocate(BYTES, 8);
        memory.set(JAVA_INT, SOCKET + Abi.POLLFD__FD, socket);
        memory.set(JAVA_INT, EVENT + Abi.POLLFD__FD, event);
        memory.set(JAVA_SHORT, EVENT + Abi.POLLFD__EVENTS, (short) Abi.POLLIN);
        memory.set(JAVA_LONG, ONE, 1);
    }

    /** @param events of the socket to wait for, as poll(2) has them */
    boolean await(int events, long timeoutNs) {
        timerSlack.makeFine();
        long atMost = Math.max(0, timeoutNs);
        memory.set(JAVA_SHORT, SOCKET + Abi.POLLFD__EVENTS, (short) events);
        memory.set(JAVA_LONG, TIMEOUT, atMost / NS_PER_SECOND);
        memory.set(JAVA_LONG, TIMEOUT + Abi.TIMESPEC__NSEC, atMost % NS_PER_SECOND);
        int ready = sleepersCalls.ppoll(memory.address(), 2, memory.address() + TIMEOUT);
        if (ready > 0 && memory.get(JAVA_SHORT, EVENT + Abi.POLLFD__REVENTS) != 0) {
            sleepersCalls.read(event, memory.address() + NUMBER, Long.BYTES);
            // Only after the read: a caller in between finds the flag set and writes nothing, and its work is seen by
            // what the sleeper does next.
            called.getAndSet(false);
        }
        // A signal ends the sleep like anything else.
        return ready != 0;
    }

    void wake() {
        if (called.getAndSet(true)) {
            return;
        }
        synchronized (lock) {
            if (!closed) {
                wakersCalls.write(event, memory.address() + ONE, Long.BYTES);
            }
        }
    }

    /** Afterwards nobody writes to the number, which may be another file's by then. */
    void close() {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                wakersCalls.close(event);
            }
        }
    }
}
