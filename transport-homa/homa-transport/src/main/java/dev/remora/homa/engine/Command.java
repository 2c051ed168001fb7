package dev.remora.homa.engine;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something to be done on an engine. The object is its own place in the queue, so it is submitted once at a time. */
public abstract class Command {
    private static final Logger LOG = LoggerFactory.getLogger(Command.class);

    /** Link of {@link HandOff}. */
    @Nullable
    volatile Command next;

    /** On the engine; must not block and must not throw. */
    protected abstract void run();

    /** Instead of {@link #run} when the engine has ended; on the thread that submits or ends it. */
    protected abstract void refused();

    /** The engine goes on, whatever it does. */
    final void runSafely() {
        try {
            run();
        } catch (RuntimeException e) {
            LOG.error("a command threw; it must not", e);
        }
    }
}
