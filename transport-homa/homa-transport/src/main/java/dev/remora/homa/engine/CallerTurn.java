package dev.remora.homa.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The wish of a caller to drive an engine that its own thread drives just now, because it had work a moment ago: where they
 * share a CPU it is in the caller's way, and elsewhere the caller would have to be woken for its answer.
 */
final class CallerTurn {
    /** On another CPU a round of the engine's thread ends sooner than a sleep begins. */
    private static final int LOOKS = 64;
    /** A caller that has not got its turn until then sleeps until it has its answer. */
    private static final long LONGEST_NS = 50_000;

    private static final VarHandle CALLER = Fields.handle(MethodHandles.lookup(), "caller", Thread.class);

    private volatile @Nullable Thread caller;

    /** For the engine's thread, between rounds. */
    boolean isWanted() {
        return caller != null;
    }

    /** Waits a moment for the engine's thread to let go of it; false at once if another caller waits already. */
    boolean await(Engine engine) {
        if (!CALLER.compareAndSet(this, null, Thread.currentThread())) {
            return false;
        }
        for (int i = 0; i < LOOKS && engine.isDriven(); i++) {
            Thread.onSpinWait();
        }
        if (engine.isDriven()) {
            LockSupport.parkNanos(this, LONGEST_NS);
        }
        caller = null;
        return true;
    }

    /** By the engine's thread, which has let go; whether somebody will drive now. */
    boolean grant() {
        Thread waiting = caller;
        if (waiting == null) {
            return false;
        }
        LockSupport.unpark(waiting);
        return true;
    }
}
