package dev.remora.homa.host;

import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.socket.TimerSlack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.concurrent.TimeUnit;

/**
 * By which processes wake an engine that sleeps: a word in memory that they share. Its engine's thread arms and sleeps; whoever has
 * sent frames to it rings, which costs a look at the word while the engine is awake, and one system call per sleep.
 *
 * <p>A process that is stopped between its look and its call, or that spoils the word, leaves the engine asleep for as long as it
 * has meant to sleep at most, which is until its next timer or 80 ms.
 */
final class Bell implements Awaitable {
    private static final VarHandle WORD = ValueLayout.JAVA_INT.varHandle();
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;

    /** Nobody tells when a ring has room again: one can only look. */
    private static final long LOOK_AGAIN_NS = 100_000;

    private static final long NS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MemorySegment memory;
    private final long at;
    /** A struct timespec, by the sleeping thread. */
    private final MemorySegment timeout = Arena.ofAuto().allocate(2L * Long.BYTES, Long.BYTES);

    private final TimerSlack timerSlack = new TimerSlack();

    /** @param at offset of the word, a multiple of 4 */
    Bell(MemorySegment memory, long at) {
        this.memory = memory;
        this.at = at;
    }

    /** Frames were sent, or there is something else to do. From any thread of any process. */
    @Override
    public void wake() {
        // Either we see that it sleeps, or it sees what we did when it looks once more after it has armed.
        VarHandle.fullFence();
        if ((int) WORD.getOpaque(memory, at) == ASLEEP && WORD.compareAndSet(memory, at, ASLEEP, AWAKE)) {
            Futex.wake(memory.address() + at);
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public boolean arm() {
        WORD.setOpaque(memory, at, ASLEEP);
        VarHandle.fullFence();
        return true;
    }

    @Override
    public boolean await(boolean room, long timeoutNs) {
        timerSlack.makeFine();
        long atMost = Math.max(0, room ? Math.min(timeoutNs, LOOK_AGAIN_NS) : timeoutNs);
        timeout.set(ValueLayout.JAVA_LONG, 0, atMost / NS_PER_SECOND);
        timeout.set(ValueLayout.JAVA_LONG, Long.BYTES, atMost % NS_PER_SECOND);
        if (isAsleep()) {
            Futex.await(memory.address() + at, ASLEEP, timeout.address());
            Reference.reachabilityFence(this);
        }
        return !isAsleep();
    }

    private boolean isAsleep() {
        return (int) WORD.getAcquire(memory, at) == ASLEEP;
    }

    @Override
    public void disarm() {
        WORD.setOpaque(memory, at, AWAKE);
    }
}
