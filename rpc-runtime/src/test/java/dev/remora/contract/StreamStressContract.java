package dev.remora.contract;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order, each stream gives what was sent, in order, and ends once. */
public interface StreamStressContract extends StreamSubject {
    @Test
    default void anyInterleavingKeepsOrderAndEndsEachStreamOnce() {
        long seed = Long.getLong(StressContract.SEED_PROPERTY, new SplittableRandom().nextLong());
        System.out.println(getClass().getSimpleName() + ": -D" + StressContract.SEED_PROPERTY + "=" + seed);
        try {
            new StreamStress(rig(), seed).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("stress failed; to replay: -D" + StressContract.SEED_PROPERTY + "=" + seed, e);
        }
    }
}
