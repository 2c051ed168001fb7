package dev.remora.bench.load;

import java.util.SplittableRandom;

/**
 * The calls of a plan, one after the other: when each is due, its size and its target. All follow from the plan's seed, in three
 * streams of their own that nothing else draws from; no clock and no answer has a say in it. So every transport gets the same
 * calls, and a call's size does not depend on how many calls the one before was late.
 *
 * <p>Gaps are exponential. Logarithms are {@link StrictMath}'s, so that machines agree. For one thread.
 */
final class Arrivals {
    private final LoadPlan plan;
    private final SplittableRandom gaps;
    private final SplittableRandom sizes;
    private final SplittableRandom targets;
    private double dueNs;
    private int requestBytes;
    private int target;

    /** The calls of an open loop. */
    Arrivals(LoadPlan plan) {
        this(plan, new SplittableRandom(plan.seed()));
    }

    private Arrivals(LoadPlan plan, SplittableRandom seeds) {
        this.plan = plan;
        gaps = seeds.split();
        sizes = seeds.split();
        targets = seeds.split();
    }

    /** The calls of each of the lanes of a closed loop: one of its outstanding calls and those that follow it. */
    static Arrivals[] lanes(LoadPlan plan, int lanes) {
        SplittableRandom seeds = new SplittableRandom(plan.seed());
        Arrivals[] arrivals = new Arrivals[lanes];
        for (int i = 0; i < lanes; i++) {
            arrivals[i] = new Arrivals(plan, seeds.split());
        }
        return arrivals;
    }

    /** Goes on to the next call. */
    void next() {
        // 1 - u is in (0, 1], where the logarithm is finite.
        dueNs += -StrictMath.log(1 - gaps.nextDouble()) / plan.callsPerSecond() * 1e9;
        nextSize();
    }

    /** The same for calls that begin whenever another has ended. */
    void nextSize() {
        requestBytes = plan.sizes().sizeAt(sizes.nextDouble());
        target = targets.nextInt(plan.targets());
    }

    /** When the call is due, after the start of the warm-up. */
    long dueNs() {
        return (long) dueNs;
    }

    int requestBytes() {
        return requestBytes;
    }

    int responseBytes() {
        return plan.responseBytesFor(requestBytes);
    }

    /** From 0. */
    int target() {
        return target;
    }
}
