package dev.remora.bench.process;

/**
 * What others had of the machine while something was measured, in percent of all cores' time.
 *
 * @param stealPercent that the hypervisor took
 * @param foreignPercent that other processes took, and interrupts counted to nobody
 */
public record Interference(double stealPercent, double foreignPercent) {
    public static final double MAX_STEAL_PERCENT = 2;
    public static final double MAX_FOREIGN_PERCENT = 10;

    /** Whether it was so much that the figures are doubtful. */
    public boolean isTooMuch() {
        return stealPercent > MAX_STEAL_PERCENT || foreignPercent > MAX_FOREIGN_PERCENT;
    }
}
