package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.table.AllocatedBytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RttEstimatorTest {
    private static final long SECOND = 1_000_000_000L;

    private final RttEstimator rtt = new RttEstimator();

    @Test
    void knowsNothingBeforeTheFirstSample() {
        assertThat(rtt.minNs()).isZero();
        assertThat(rtt.smoothedNs()).isZero();
        assertThat(rtt.variationNs()).isZero();
    }

    @Test
    void theFirstSampleIsTheMeanAndHalfOfItTheVariation() {
        rtt.onSample(1000, 5);
        assertThat(rtt.minNs()).isEqualTo(1000);
        assertThat(rtt.smoothedNs()).isEqualTo(1000);
        assertThat(rtt.variationNs()).isEqualTo(500);
    }

    @Test
    void laterSamplesCountAnEighthAndAQuarter() {
        rtt.onSample(1000, 5);
        rtt.onSample(1800, 6);
        assertThat(rtt.smoothedNs()).isEqualTo(1100);
        assertThat(rtt.variationNs()).isEqualTo(575);
        assertThat(rtt.minNs()).isEqualTo(1000);
    }

    @Test
    void timesThatCannotBeAreIgnored() {
        rtt.onSample(0, 1);
        rtt.onSample(-7, 1);
        rtt.onSample(Long.MIN_VALUE, 1);
        assertThat(rtt.smoothedNs()).isZero();
        rtt.onSample(100, 1);
        rtt.onSample(-1, 2);
        assertThat(rtt.minNs()).isEqualTo(100);
    }

    @Test
    void aPathThatHasBecomeLongerIsNoticed() {
        long start = -3 * SECOND;
        rtt.onSample(1000, start);
        for (int i = 1; i <= 9; i++) {
            rtt.onSample(5000, start + i * SECOND);
        }
        assertThat(rtt.minNs()).as("within the window").isEqualTo(1000);
        rtt.onSample(5000, start + 10 * SECOND);
        assertThat(rtt.minNs()).as("after the window").isEqualTo(5000);
    }

    @Test
    void afterASilenceTheOldLeastIsForgotten() {
        rtt.onSample(1000, 0);
        rtt.onSample(7000, 3600 * SECOND);
        assertThat(rtt.minNs()).isEqualTo(7000);
    }

    @Test
    void resetForgetsAll() {
        rtt.onSample(1000, 0);
        rtt.reset();
        assertThat(rtt.minNs()).isZero();
        rtt.onSample(3000, 1);
        assertThat(rtt.minNs()).isEqualTo(3000);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void theLeastIsBetweenThatOfTheHalfAndThatOfTheWholeWindow(long seed) {
        Random random = new Random(seed);
        Deque<long[]> samples = new ArrayDeque<>();
        long now = random.nextLong() >> 4;
        for (int i = 0; i < 5000; i++) {
            now += random.nextLong(1, SECOND);
            long sample = random.nextLong(1, 1 << random.nextInt(1, 30));
            samples.add(new long[] {now, sample});
            while (now - samples.getFirst()[0] >= 2 * RttEstimator.HALF_WINDOW_NS) {
                samples.removeFirst();
            }
            rtt.onSample(sample, now);
            long leastOfAll = Long.MAX_VALUE;
            for (long[] s : samples) {
                leastOfAll = Math.min(leastOfAll, s[1]);
            }
            long newest = samples.getLast()[1];
            assertThat(rtt.minNs()).as("seed %d sample %d", seed, i).isBetween(leastOfAll, newest);
            assertThat(rtt.minNs()).as("seed %d sample %d", seed, i).isLessThanOrEqualTo(leastOfHalf(samples, now));
            assertThat(rtt.smoothedNs()).as("seed %d sample %d", seed, i).isPositive();
            assertThat(rtt.variationNs()).as("seed %d sample %d", seed, i).isNotNegative();
        }
    }

    private static long leastOfHalf(Deque<long[]> samples, long now) {
        long least = Long.MAX_VALUE;
        for (long[] s : samples) {
            if (now - s[0] < RttEstimator.HALF_WINDOW_NS) {
                least = Math.min(least, s[1]);
            }
        }
        return least;
    }

    @Test
    void samplesAllocateNothing() {
        assertThat(AllocatedBytes.afterWarmUp(() -> {
                    for (int i = 1; i < 1000; i++) {
                        rtt.onSample(i, i * SECOND);
                    }
                }))
                .isZero();
    }
}
