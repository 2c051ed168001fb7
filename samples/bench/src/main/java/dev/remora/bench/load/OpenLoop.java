package dev.remora.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls that begin by the clock, whether the ones before have ended or not, as those of many independent users do. A latency
 * counts from when the call was <em>due</em>: a service that stalls is charged for all the calls that had to wait meanwhile
 * (otherwise "coordinated omission" would hide them).
 *
 * <p>One thread makes the calls. How late it was is recorded too, apart from calls that had to wait because of
 * {@link LoadPlan#maxOutstanding}: those are counted as delayed.
 */
public final class OpenLoop {
    private final Call call;
    private final LoadPlan plan;
    private final LoadClock clock;
    private final Recording recording;
    private final Thread generator = Thread.currentThread();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final Runnable onEnd = this::ended;
    /** Those begun; the ended among them are thrown out now and then. */
    private List<PendingCall> open = new ArrayList<>();

    private volatile boolean waitsForAnEnd;
    /** Calls due before this had to wait for another's end, themselves or behind one that had to. */
    private long blockedUntilNs;

    private OpenLoop(Call call, LoadPlan plan, LoadOptions options, TimeSource time) {
        this.call = call;
        this.plan = plan;
        // It takes some milliseconds, so it comes before the time that may begin at once.
        recording = new Recording(time, plan);
        clock = new LoadClock(time, plan, options);
        recording.measuresFrom(clock.measureFromNs);
        blockedUntilNs = clock.startNs;
    }

    /** {@link #run(Call, LoadPlan, LoadOptions)} with the defaults. */
    public static LoadRecord run(Call call, LoadPlan plan) throws InterruptedException {
        return run(call, plan, LoadOptions.DEFAULT);
    }

    /**
     * Makes the calls of a plan on the calling thread, a platform thread, and waits for their ends. When it is interrupted, calls
     * may still be under way; their outcomes go nowhere.
     *
     * @throws IllegalStateException if the plan's start has passed, or on a virtual thread
     */
    public static LoadRecord run(Call call, LoadPlan plan, LoadOptions options) throws InterruptedException {
        return run(call, plan, options, TimeSource.SYSTEM);
    }

    static LoadRecord run(Call call, LoadPlan plan, LoadOptions options, TimeSource time) throws InterruptedException {
        if (plan.callsPerSecond() == 0) {
            throw new IllegalArgumentException("an open loop needs callsPerSecond above 0; Rates turns a load into it");
        }
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread wakes too late: run the load on a platform thread");
        }
        OpenLoop loop = new OpenLoop(call, plan, options, time);
        TimerSlack.makeFine().ifPresent(why -> loop.recording.note("Calls may begin 0.1 ms late: " + why + "."));
        try {
            loop.generate();
            loop.drain();
        } finally {
            // What cannot be restored could not be set either, which is noted.
            TimerSlack.restore();
        }
        return loop.recording.finish(loop.open);
    }

    private void generate() throws InterruptedException {
        Arrivals arrivals = new Arrivals(plan);
        boolean stuck = false;
        for (arrivals.next(); clock.startNs + arrivals.dueNs() < clock.measureToNs; arrivals.next()) {
            long dueNs = clock.startNs + arrivals.dueNs();
            boolean counts = dueNs >= clock.measureFromNs;
            stuck = stuck || !becomesFree(dueNs);
            if (!stuck) {
                begin(arrivals, dueNs, counts);
            } else if (counts) {
                recording.neverBegan(dueNs, arrivals.requestBytes(), arrivals.responseBytes());
            }
        }
    }

    /** Waits until that time, and until fewer calls are outstanding than may be; false if that takes too long. */
    private boolean becomesFree(long dueNs) throws InterruptedException {
        clock.waitUntil(dueNs);
        if (outstanding.get() >= plan.maxOutstanding()) {
            waitsForAnEnd = true;
            while (outstanding.get() >= plan.maxOutstanding() && clock.nowNs() < clock.drainToNs) {
                clock.sleepUntil(clock.drainToNs);
            }
            waitsForAnEnd = false;
            blockedUntilNs = clock.nowNs();
        }
        return clock.nowNs() < clock.drainToNs;
    }

    private void begin(Arrivals arrivals, long dueNs, boolean counts) {
        PendingCall pending =
                new PendingCall(recording, onEnd, dueNs, arrivals.requestBytes(), arrivals.responseBytes(), counts);
        remember(pending);
        outstanding.incrementAndGet();
        recording.begins(pending, dueNs < blockedUntilNs);
        pending.start(call, arrivals.target());
    }

    /** Keeps as many as may be outstanding twice at most, so a clean-up is paid for by the calls since the last. */
    private void remember(PendingCall pending) {
        if (open.size() >= 2 * plan.maxOutstanding()) {
            open.removeIf(PendingCall::hasEnded);
        }
        open.add(pending);
    }

    /** On any thread. */
    private void ended() {
        outstanding.decrementAndGet();
        if (waitsForAnEnd) {
            LockSupport.unpark(generator);
        }
    }

    private void drain() throws InterruptedException {
        open = new ArrayList<>(open.stream().filter(pending -> pending.counts).toList());
        open.removeIf(PendingCall::hasEnded);
        while (!open.isEmpty() && clock.nowNs() < clock.drainToNs) {
            clock.sleepUntil(clock.drainToNs);
            open.removeIf(PendingCall::hasEnded);
        }
    }
}
