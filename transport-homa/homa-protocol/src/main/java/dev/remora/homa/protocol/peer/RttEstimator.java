package dev.remora.homa.protocol.peer;

/**
 * Round-trip times to one peer: the least of late, for how much to grant, and a mean with variation, for timers.
 *
 * <p>The least of the last 5 to 10 seconds: two half windows, of which the older is forgotten as a whole, follow a path
 * that has become longer without a list of samples. The mean has the constants of RFC 6298.
 */
public final class RttEstimator {
    /** A half of the window. */
    static final long HALF_WINDOW_NS = 5_000_000_000L;

    private long halfStartNs;
    private long minOfHalfNs;
    private long minBeforeNs;
    private long smoothedNs;
    private long variationNs;

    /** Takes a measured time; one that is not positive is ignored. */
    public void onSample(long rttNs, long nowNs) {
        if (rttNs <= 0) {
            return;
        }
        if (smoothedNs == 0) {
            halfStartNs = nowNs;
            minOfHalfNs = rttNs;
            smoothedNs = rttNs;
            variationNs = rttNs / 2;
            return;
        }
        long ageNs = nowNs - halfStartNs;
        if (ageNs >= 2 * HALF_WINDOW_NS) {
            minBeforeNs = 0;
            minOfHalfNs = rttNs;
            halfStartNs = nowNs;
        } else if (ageNs >= HALF_WINDOW_NS) {
            // The halves adjoin however sparse the samples are: from now on would keep old ones for three halves.
            minBeforeNs = minOfHalfNs;
            minOfHalfNs = rttNs;
            halfStartNs += HALF_WINDOW_NS;
        } else if (rttNs < minOfHalfNs) {
            minOfHalfNs = rttNs;
        }
        variationNs += (Math.abs(smoothedNs - rttNs) - variationNs) / 4;
        // Never back to 0, which means that there is no sample yet.
        smoothedNs = Math.max(1, smoothedNs + (rttNs - smoothedNs) / 8);
    }

    /** The least of late; 0 if there is no sample yet. */
    public long minNs() {
        return minBeforeNs == 0 ? minOfHalfNs : Math.min(minBeforeNs, minOfHalfNs);
    }

    /** The mean, weighted towards the latest; 0 if there is no sample yet. */
    public long smoothedNs() {
        return smoothedNs;
    }

    /** Mean deviation from {@link #smoothedNs()}. */
    public long variationNs() {
        return variationNs;
    }

    /** Forgets all samples. */
    public void reset() {
        halfStartNs = 0;
        minOfHalfNs = 0;
        minBeforeNs = 0;
        smoothedNs = 0;
        variationNs = 0;
    }
}
