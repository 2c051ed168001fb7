package dev.remora.homa.engine;

/**
 * What an engine's thread does when there is nothing to do: polls on for {@code spinNs}, then yields the CPU between polls for
 * {@code yieldNs}, then sleeps: until a packet comes where the link can tell, up to {@code parkNs} between polls elsewhere.
 * Latency against CPU.
 *
 * @param spinNs time since the last work, in ns
 * @param yieldNs time after that
 * @param parkNs longest sleep where packets do not end it; 0 = never sleep, go on yielding (or spinning when yieldNs is 0)
 */
public record IdlePolicy(long spinNs, long yieldNs, long parkNs) {
    /** Burns its CPU, and is the fastest. */
    public static final IdlePolicy SPIN = new IdlePolicy(Long.MAX_VALUE, 0, 0);
    /**
     * Spins while there is traffic, and costs a few per cent of a CPU when there is none. It does not yield: Linux takes each
     * yield for a used-up slice of time, so a thread that yields often waits long for its CPU when others want it, too.
     */
    public static final IdlePolicy ADAPTIVE = new IdlePolicy(200_000, 0, 200_000);
    /** For machines with far more engines than CPUs. */
    public static final IdlePolicy PARK = new IdlePolicy(0, 0, 100_000);

    public IdlePolicy {
        if (spinNs < 0 || yieldNs < 0 || parkNs < 0) {
            throw new IllegalArgumentException(
                    "idle times must not be negative: " + spinNs + ", " + yieldNs + ", " + parkNs);
        }
    }
}
