package dev.remora.bench.load;

import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.IntCountsHistogram;

/**
 * Collects what becomes of calls, from any thread, until it is finished. One lock: it is held for the few array accesses of a
 * histogram, and with it a call's end and the end of the run cannot both count the same call.
 */
final class Recording {
    private final TimeSource time;
    private final SizeBins bins;
    private final long measureNs;
    private final IntCountsHistogram[] latency;
    private final IntCountsHistogram lag = Latencies.histogram();
    private final LoadSecond[] seconds;
    private List<String> failureMessages = List.of();
    private List<String> notes = List.of();
    private long due;
    private long dueBytes;
    private long calls;
    private long requestBytes;
    private long responseBytes;
    private long failures;
    private long unfinished;
    private long delayed;
    private long repeated;
    /** Calls of the warm-up that are under way, and those that failed. */
    private long warmUpOpen;

    private long warmUpFailures;
    private long measureFromNs;
    private boolean finished;

    Recording(TimeSource time, LoadPlan plan) {
        this.time = time;
        this.bins = SizeBins.of(plan.sizes());
        this.measureNs = plan.measureNs();
        // All at the beginning: an allocation of this size in the measured time would be part of what is measured.
        latency = Stream.generate(Latencies::histogram).limit(bins.count()).toArray(IntCountsHistogram[]::new);
        seconds = Stream.generate(LoadSecond::new)
                .limit(LoadRecord.seconds(measureNs))
                .toArray(LoadSecond[]::new);
    }

    /** Sets when the measured time begins, by the clock; before the first call. */
    synchronized void measuresFrom(long ns) {
        measureFromNs = ns;
    }

    /**
     * A call is about to begin.
     *
     * @param wasDelayed because of others outstanding
     */
    synchronized void begins(PendingCall call, boolean wasDelayed) {
        if (finished) {
            return;
        }
        call.begun = true;
        if (!call.counts) {
            warmUpOpen++;
            return;
        }
        isDue(call.requestBytes, call.responseBytes);
        if (wasDelayed) {
            delayed++;
        } else {
            Latencies.record(lag, time.nanoTime() - call.dueNs);
        }
    }

    /** @return false if it counts for nothing: it had an end before, or all is over */
    boolean succeeded(PendingCall call) {
        long nowNs = time.nanoTime();
        synchronized (this) {
            if (!ends(call)) {
                return false;
            }
            int bin = bins.indexOf(call.requestBytes);
            long latencyNs = nowNs - call.dueNs;
            if (call.counts) {
                calls++;
                requestBytes += call.requestBytes;
                responseBytes += call.responseBytes;
                Latencies.record(latency[bin], latencyNs);
            }
            long intoNs = nowNs - measureFromNs;
            if (intoNs >= 0 && intoNs < measureNs) {
                seconds[(int) (intoNs / 1_000_000_000L)].add(
                        (long) call.requestBytes + call.responseBytes, bin <= bins.lastOfShortest50(), latencyNs);
            }
            return true;
        }
    }

    /** @return false if it counts for nothing: it had an end before, or all is over */
    synchronized boolean failed(PendingCall call, String why) {
        if (!ends(call)) {
            return false;
        }
        failureMessages = LoadRecord.with(failureMessages, why);
        if (call.counts) {
            failures++;
        } else {
            warmUpFailures++;
        }
        return true;
    }

    private boolean ends(PendingCall call) {
        if (finished) {
            return false;
        }
        if (call.ended) {
            repeated++;
            return false;
        }
        call.ended = true;
        if (!call.counts) {
            warmUpOpen--;
        }
        return true;
    }

    /** A call of the measured time that will never begin. */
    synchronized void neverBegan(long dueNs, int itsRequestBytes, int itsResponseBytes) {
        isDue(itsRequestBytes, itsResponseBytes);
        delayed++;
        isUnfinished(dueNs, itsRequestBytes);
    }

    synchronized void note(String sentence) {
        notes = LoadRecord.with(notes, sentence);
    }

    /** Ends it: those that are open are unfinished, and whatever comes later is not heard. */
    synchronized LoadRecord finish(Iterable<PendingCall> open) {
        finished = true;
        for (PendingCall call : open) {
            if (call.counts && call.begun && !call.ended) {
                isUnfinished(call.dueNs, call.requestBytes);
            }
        }
        if (warmUpFailures > 0) {
            note(warmUpFailures + " calls of the warm-up failed.");
        }
        if (warmUpOpen > 0) {
            note(warmUpOpen + " calls of the warm-up never ended.");
        }
        return new LoadRecord(
                bins,
                measureNs,
                new LoadTotals(
                        due, dueBytes, calls, requestBytes, responseBytes, failures, unfinished, delayed, repeated),
                latency,
                lag,
                seconds,
                failureMessages,
                notes);
    }

    private void isDue(int itsRequestBytes, int itsResponseBytes) {
        due++;
        dueBytes += (long) itsRequestBytes + itsResponseBytes;
    }

    private void isUnfinished(long dueNs, int itsRequestBytes) {
        unfinished++;
        Latencies.record(latency[bins.indexOf(itsRequestBytes)], time.nanoTime() - dueNs);
    }
}
