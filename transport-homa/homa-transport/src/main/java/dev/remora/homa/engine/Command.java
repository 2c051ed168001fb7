package dev.remora.homa.engine;

import org.jspecify.annotations.Nullable;

/** Something to be done on an engine. The object is its own place in the queue, so it is submitted once at a time. */
public abstract class Command {
    /** Link of {@link CommandQueue}. */
    @Nullable
    volatile Command next;

    /** On the engine; must not block and must not throw. */
    protected abstract void run();

    /** Instead of {@link #run} when the engine has ended; on the thread that submits or ends it. */
    protected abstract void refused();
}
