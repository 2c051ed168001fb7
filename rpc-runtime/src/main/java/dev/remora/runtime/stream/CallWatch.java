package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Status;
import dev.remora.runtime.call.Deadlines;
import dev.remora.runtime.call.ServedCall;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for what ends a call from outside: its deadline, and the end of the call it was made for. For any thread. */
final class CallWatch {
    private @Nullable Future<?> timer;
    private CallContext.@Nullable Registration parent;
    private boolean stopped;

    /**
     * Once, unless it was stopped before. The actions run once at most, perhaps before this returns.
     *
     * @param onServedCancel is told what the call ends with
     */
    void start(
            @Nullable Deadline deadline,
            Runnable onDeadline,
            @Nullable CallContext servedCall,
            Consumer<Status> onServedCancel) {
        if (deadline != null) {
            Future<?> started = Deadlines.schedule(onDeadline, deadline.remainingNs());
            synchronized (this) {
                timer = started;
            }
        }
        if (servedCall != null) {
            CallContext.Registration registered =
                    servedCall.onCancel(() -> onServedCancel.accept(ServedCall.whyCancelled(servedCall)));
            synchronized (this) {
                parent = registered;
            }
        }
        boolean tooLate;
        synchronized (this) {
            tooLate = stopped;
        }
        if (tooLate) {
            stop();
        }
    }

    /** Any number of times. */
    void stop() {
        Future<?> t;
        CallContext.Registration r;
        synchronized (this) {
            stopped = true;
            t = timer;
            r = parent;
        }
        if (t != null) {
            t.cancel(false);
        }
        if (r != null) {
            r.close();
        }
    }
}
