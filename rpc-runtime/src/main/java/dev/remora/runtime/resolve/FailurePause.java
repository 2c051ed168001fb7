package dev.remora.runtime.resolve;

/**
 * How long to wait after a look-up that failed: the least time, and twice as long after each further failure in a row, up to the
 * most. How long what was found before was valid is nothing to it: a server that fails for a moment is asked again soon. For one
 * thread.
 */
final class FailurePause {
    private final long leastNs;
    private final long mostNs;
    /** 0 before the first failure in a row. */
    private long lastNs;

    /** @param mostNs not less than {@code leastNs}, which is above 0 */
    FailurePause(long leastNs, long mostNs) {
        this.leastNs = leastNs;
        this.mostNs = mostNs;
    }

    /** A look-up has succeeded. */
    void reset() {
        lastNs = 0;
    }

    /** A look-up has failed. */
    long nextNs() {
        // Not more than half of the most is doubled, which so cannot overflow.
        lastNs = lastNs == 0 ? leastNs : lastNs > mostNs / 2 ? mostNs : 2 * lastNs;
        return lastNs;
    }
}
