package dev.remora.contract;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, each call ends once, with its own answer or an honest failure. */
public interface StressContract extends TransportSubject {
    /** System property with the seed to replay; without it each run draws another. */
    String SEED_PROPERTY = "remora.seed";

    @Test
    default void anyInterleavingOfCallsCancelsAndClosesEndsEachCallOnce() {
        long seed = Long.getLong(SEED_PROPERTY, new SplittableRandom().nextLong());
        System.out.println(getClass().getSimpleName() + ": -D" + SEED_PROPERTY + "=" + seed);
        try {
            new TransportStress(this, seed).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("stress failed; to replay: -D" + SEED_PROPERTY + "=" + seed, e);
        }
    }
}
