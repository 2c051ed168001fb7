package dev.remora.homa.protocol;

import java.util.Arrays;

/**
 * Values of all {@link Tunable}s and the seed; immutable. {@code HomaConfig.standard().with(Tunable.MTU, 9000)}.
 */
public final class HomaConfig {
    private static final HomaConfig STANDARD = new HomaConfig(standards(), 1);

    private final long[] values;
    private final long seed;

    private HomaConfig(long[] values, long seed) {
        this.values = values;
        this.seed = seed;
    }

    /** All knobs at their defaults. Give a seed of your own before use: ids start from it. */
    public static HomaConfig standard() {
        return STANDARD;
    }

    /**
     * @throws IllegalArgumentException when the value is outside the knob's range
     */
    public HomaConfig with(Tunable knob, long value) {
        if (value < knob.least() || value > knob.most()) {
            throw new IllegalArgumentException(knob.key() + " = " + value + ": must be " + knob.least() + " to "
                    + knob.most() + " " + knob.unit() + " (" + knob.reason() + ")");
        }
        long[] changed = values.clone();
        changed[knob.ordinal()] = value;
        return new HomaConfig(changed, seed);
    }

    /**
     * Seed of ids and hash tables. Ids start at a value made from it, so it must differ from one start of a process to
     * the next (a clock will do): a server must not take a new request for an old one it still remembers.
     */
    public HomaConfig withSeed(long newSeed) {
        return new HomaConfig(values, newSeed);
    }

    public long get(Tunable knob) {
        return values[knob.ordinal()];
    }

    public int getInt(Tunable knob) {
        return Math.toIntExact(values[knob.ordinal()]);
    }

    public boolean is(Tunable knob) {
        return values[knob.ordinal()] != 0;
    }

    public long seed() {
        return seed;
    }

    private static long[] standards() {
        return Arrays.stream(Tunable.values()).mapToLong(Tunable::standard).toArray();
    }
}
