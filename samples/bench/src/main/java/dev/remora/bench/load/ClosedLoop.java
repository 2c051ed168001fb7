package dev.remora.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Always the same number of calls outstanding: each end begins the next. It finds out what a service can do at most; its
 * latencies say little about a service under load, as a slow one is asked for less.
 *
 * <p>Each outstanding call and those that follow it are a lane with sizes and targets of its own, from the plan's seed. A call is
 * started by the thread that told the end of the one before it. Starting must not block: calls that block until they have
 * ended have one lane only, whatever was asked for.
 */
public final class ClosedLoop {
    private final Call call;
    private final LoadPlan plan;
    private final LoadClock clock;
    private final Recording recording;
    private final Thread waiter = Thread.currentThread();
    private final AtomicInteger busyLanes = new AtomicInteger();
    private volatile boolean stopped;

    private ClosedLoop(Call call, LoadPlan plan, LoadOptions options, TimeSource time) {
        this.call = call;
        this.plan = plan;
        // It takes some milliseconds, so it comes before the time that may begin at once.
        recording = new Recording(time, plan);
        clock = new LoadClock(time, plan, options);
        recording.measuresFrom(clock.measureFromNs);
    }

    /** {@link #run(Call, LoadPlan, int, LoadOptions)} with the defaults. */
    public static LoadRecord run(Call call, LoadPlan plan, int outstanding) throws InterruptedException {
        return run(call, plan, outstanding, LoadOptions.DEFAULT);
    }

    /**
     * Makes calls until the measured time of the plan is over and waits for their ends. Of the plan, rate and limit mean nothing.
     * When it is interrupted, calls may still be under way; their outcomes go nowhere.
     *
     * @param outstanding 1 at least
     * @throws IllegalStateException if the plan's start has passed
     */
    public static LoadRecord run(Call call, LoadPlan plan, int outstanding, LoadOptions options)
            throws InterruptedException {
        return run(call, plan, outstanding, options, TimeSource.SYSTEM);
    }

    static LoadRecord run(Call call, LoadPlan plan, int outstanding, LoadOptions options, TimeSource time)
            throws InterruptedException {
        if (outstanding < 1) {
            throw new IllegalArgumentException(outstanding + " calls outstanding: it must be 1 at least");
        }
        return new ClosedLoop(call, plan, options, time).run(outstanding);
    }

    private LoadRecord run(int outstanding) throws InterruptedException {
        List<Lane> lanes = new ArrayList<>();
        for (Arrivals arrivals : Arrivals.lanes(plan, outstanding)) {
            lanes.add(new Lane(arrivals));
        }
        clock.waitUntil(clock.startNs);
        busyLanes.set(outstanding);
        try {
            lanes.forEach(Lane::goOn);
            while (busyLanes.get() > 0 && clock.nowNs() < clock.drainToNs) {
                clock.sleepUntil(clock.drainToNs);
            }
        } finally {
            stopped = true;
        }
        List<PendingCall> open = new ArrayList<>();
        for (Lane lane : lanes) {
            PendingCall last = lane.last;
            if (last != null) {
                open.add(last);
            }
        }
        return recording.finish(open);
    }

    /** One of the calls outstanding, and those that follow it. */
    private final class Lane {
        private final Arrivals arrivals;
        private final Runnable onEnd = this::goOn;
        /** Starts asked for and not yet done: a call that ends while it is started must not start the next within itself. */
        private final AtomicInteger starts = new AtomicInteger();

        private volatile @Nullable PendingCall last;

        Lane(Arrivals arrivals) {
            this.arrivals = arrivals;
        }

        /** Begins the lane's next call; on any thread. */
        void goOn() {
            if (starts.getAndIncrement() == 0) {
                do {
                    next();
                } while (starts.decrementAndGet() > 0);
            }
        }

        private void next() {
            long nowNs = clock.nowNs();
            if (stopped || nowNs >= clock.measureToNs) {
                last = null;
                if (busyLanes.decrementAndGet() == 0) {
                    LockSupport.unpark(waiter);
                }
                return;
            }
            arrivals.nextSize();
            PendingCall pending = new PendingCall(
                    recording,
                    onEnd,
                    nowNs,
                    arrivals.requestBytes(),
                    arrivals.responseBytes(),
                    nowNs >= clock.measureFromNs);
            last = pending;
            recording.begins(pending, false);
            pending.start(call, arrivals.target());
        }
    }
}
