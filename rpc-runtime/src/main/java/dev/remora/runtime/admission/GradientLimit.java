package dev.remora.runtime.admission;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A bound on calls in progress that finds its own place, after the gradient limits of Netflix's concurrency-limits and Envoy's
 * adaptive concurrency: handlers that get slower as more of them run show that something they share is used up, and then more
 * of them at a time only wait for each other.
 *
 * <p>Time is cut into windows. In each, the mean time of handlers is compared, method by method, with the best window of the
 * last while. As long as it stays within the tolerance, a bound that is in use grows by its square root; beyond, it shrinks in
 * proportion. Since a server that was overloaded from its start has seen no good window, every now and then one is run with a
 * quarter of the bound. Guarded by the admission's lock.
 */
final class GradientLimit {
    private static final long WINDOW_NS = 100_000_000L;
    private static final long LONGEST_WINDOW_NS = 1_000_000_000L;
    private static final int MIN_IN_WINDOW = 20;
    private static final double GAIN = 0.2;
    private static final double STEEPEST = 0.5;
    /** Windows between those with a quarter of the bound; fewer than {@link ServiceTimes} remembers. */
    private static final int PROBE_EVERY = 50;

    private static final double IN_USE = 0.9;

    private final int min;
    private final int max;
    private final double tolerance;
    private double limit;
    private long windowSinceNs;
    private int peak;
    private int ended;
    private boolean probing;
    private int sinceProbe;
    private final Set<ServiceTimes> inWindow = new LinkedHashSet<>();

    GradientLimit(int min, int initial, int max, double tolerance, long nowNs) {
        this.min = Math.min(min, max);
        this.max = max;
        this.tolerance = tolerance;
        limit = Math.clamp(initial, this.min, max);
        windowSinceNs = nowNs;
    }

    /** Calls in progress that there may be now. */
    int limit() {
        return probing ? Math.max(min, (int) limit / 4) : (int) limit;
    }

    /** A handler begins; {@code inProgress} run with it. */
    void began(int inProgress) {
        peak = Math.max(peak, inProgress);
    }

    /** A handler has ended. */
    void ended(ServiceTimes times, long startedNs, long nowNs) {
        // One that began before the window shows what was then, which matters when a window is to be better than those
        // before.
        if (!probing || startedNs - windowSinceNs >= 0) {
            times.recordInWindow(nowNs - startedNs);
            inWindow.add(times);
            ended++;
        }
        long ageNs = nowNs - windowSinceNs;
        if ((ageNs >= WINDOW_NS && ended >= MIN_IN_WINDOW) || (ageNs >= LONGEST_WINDOW_NS && ended > 0)) {
            endWindow(nowNs);
        }
    }

    private void endWindow(long nowNs) {
        double slowness = slowness();
        boolean inUse = peak >= IN_USE * limit();
        if (probing) {
            probing = false;
            sinceProbe = 0;
        } else {
            double gradient = Math.clamp(tolerance / slowness, STEEPEST, 1.0);
            double target = limit * gradient + (inUse ? Math.sqrt(limit) : 0);
            limit = Math.clamp(limit + GAIN * (target - limit), min, max);
            // Without load there is nothing to find out: windows are as good as they get.
            sinceProbe += inUse ? 1 : 0;
            probing = sinceProbe >= PROBE_EVERY && (int) limit / 4 >= min;
        }
        windowSinceNs = nowNs;
        peak = 0;
        ended = 0;
        inWindow.clear();
    }

    /** How many times longer than at their best the handlers of this window took, weighed by their number. */
    private double slowness() {
        double sum = 0;
        for (ServiceTimes times : inWindow) {
            int count = times.inWindow();
            sum += count * times.endWindow();
        }
        return Math.max(1, sum / ended);
    }
}
