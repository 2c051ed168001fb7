package dev.remora.runtime;

import dev.remora.runtime.call.Deadlines;
import dev.remora.runtime.time.TimeSource;
import java.util.concurrent.Future;

/** The machine's clock, with the alarm that deadlines use. */
enum SystemTime implements TimeSource {
    INSTANCE;

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public Timer after(long delayNs, Runnable action) {
        Future<?> scheduled = Deadlines.schedule(action, delayNs);
        return () -> scheduled.cancel(false);
    }
}
