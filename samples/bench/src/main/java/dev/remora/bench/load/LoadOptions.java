package dev.remora.bench.load;

/**
 * How a loop waits.
 *
 * @param spinNs how long before a call is due its thread stops sleeping and watches the clock: more costs CPU that the service may
 *     need, less makes calls late, as sleeping ends some microseconds after its time; 0 to 1 ms
 * @param drainNs how long after the measured time it waits for calls without an end; 0 at least
 */
public record LoadOptions(long spinNs, long drainNs) {
    public static final LoadOptions DEFAULT = new LoadOptions(20_000, 10_000_000_000L);

    public LoadOptions {
        if (spinNs < 0 || spinNs > 1_000_000 || drainNs < 0) {
            throw new IllegalArgumentException(
                    "spinNs " + spinNs + ", drainNs " + drainNs + ": spinNs must be 0 to 1,000,000, drainNs 0 or more");
        }
    }
}
