package dev.remora.runtime.stream;

import dev.remora.runtime.call.Deadlines;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at all streams of a channel or server now and then, as long as there are any. For any thread. */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final long intervalNs;
    private final BooleanSupplier needed;
    private final Runnable look;
    private final AtomicBoolean running = new AtomicBoolean();

    /** @param needed whether there are streams */
    Sweep(long intervalNs, BooleanSupplier needed, Runnable look) {
        this.intervalNs = intervalNs;
        this.needed = needed;
        this.look = look;
    }

    /** There is a stream. */
    void start() {
        if (!running.get() && running.compareAndSet(false, true)) {
            Deadlines.schedule(this::run, intervalNs);
        }
    }

    private void run() {
        try {
            look.run();
        } catch (RuntimeException e) {
            LOG.error("looking after streams failed", e);
        }
        running.set(false);
        if (needed.getAsBoolean()) {
            start();
        }
    }
}
