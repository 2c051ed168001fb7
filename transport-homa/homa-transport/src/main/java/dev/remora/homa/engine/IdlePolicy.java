package dev.remora.homa.engine;

/**
 * What an engine's thread does when there is nothing to do: polls on for {@code spinNs}, then sleeps: until a packet comes
 * where the link can tell, up to {@code parkNs} between polls elsewhere. Latency against CPU.
 *
 * <p>After work it lets other threads have its CPU once before it polls on: handlers and callers that wait for that very CPU
 * would wait for the end of the polling. Once only, for Linux counts each yield as a used-up slice of time: who yields often
 * waits long when others want the CPU, too.
 *
 * @param spinNs time since the last work, in ns
 * @param parkNs longest sleep where packets do not end it; 0 = never sleep
 */
public record IdlePolicy(long spinNs, long parkNs) {
    /** Burns its CPU, and is the fastest. */
    public static final IdlePolicy SPIN = new IdlePolicy(Long.MAX_VALUE, 0);
    /** Spins while there is traffic. When there is none it costs next to nothing, or some per cent of a CPU where it has to poll. */
    public static final IdlePolicy ADAPTIVE = new IdlePolicy(200_000, 200_000);
    /** For machines with far more engines than CPUs. */
    public static final IdlePolicy PARK = new IdlePolicy(0, 100_000);

    public IdlePolicy {
        if (spinNs < 0 || parkNs < 0) {
            throw new IllegalArgumentException("idle times must not be negative: " + spinNs + ", " + parkNs);
        }
    }
}
