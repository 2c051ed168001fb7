package dev.remora.homa.protocol.priority;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeHistogramTest {
    @ParameterizedTest
    @CsvSource({
        "1, 64",
        "64, 64",
        "65, 128",
        "4032, 4032",
        "4096, 4096",
        "4097, 5120",
        "5120, 5120",
        "5121, 6144",
        "131072, 131072",
        "131073, 1000000",
        "1000000, 1000000",
    })
    void bucketsAreFineForSmallMessagesAndCoarseForLargeOnes(int length, int upperBound) {
        assertThat(SizeHistogram.upperBound(SizeHistogram.bucket(length))).isEqualTo(upperBound);
    }

    @Test
    void everyLengthFallsIntoTheBucketBetweenItsBounds() {
        for (int length = 1; length <= 140_000; length++) {
            int bucket = SizeHistogram.bucket(length);
            assertThat(length <= SizeHistogram.upperBound(bucket)).isTrue();
            assertThat(bucket == 0 || length > SizeHistogram.upperBound(bucket - 1))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, 0", "-2147483648, 0", "2147483647, 188"})
    void lengthsThatCannotBeStillHaveABucket(int length, int bucket) {
        assertThat(SizeHistogram.bucket(length)).isEqualTo(bucket);
    }

    @Test
    void decayHalvesAndLeavesNoBytesWithoutMessages() {
        SizeHistogram histogram = new SizeHistogram();
        histogram.onMessages(100, 10);
        histogram.onMessage(200_000);

        histogram.decay();

        assertThat(histogram.count(1)).isEqualTo(5);
        assertThat(histogram.bytes(1)).isEqualTo(500);
        assertThat(histogram.count(SizeHistogram.LARGE)).isZero();
        assertThat(histogram.bytes(SizeHistogram.LARGE)).isZero();
        assertThat(histogram.messages()).isEqualTo(5);
    }

    @Test
    void decilesAreTheBoundsBelowWhichThatShareOfTheMessagesLies() {
        SizeHistogram histogram = new SizeHistogram();
        for (int i = 1; i <= 10; i++) {
            histogram.onMessages(64 * i, 7);
        }
        int[] deciles = new int[9];
        histogram.deciles(deciles);
        assertThat(deciles).containsExactly(64, 128, 192, 256, 320, 384, 448, 512, 576);
    }

    @Test
    void countingAndEvaluatingAllocateNothing() {
        SizeHistogram histogram = new SizeHistogram();
        CutoffPolicy policy = new CutoffPolicy(Cutoffs.initial(), histogram, 0);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long now = run(policy, 0);
        // The first call of the counter allocates a little itself.
        threads.getCurrentThreadAllocatedBytes();

        long before = threads.getCurrentThreadAllocatedBytes();
        run(policy, now);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isLessThan(256);
    }

    private static long run(CutoffPolicy policy, long startNs) {
        long now = startNs;
        for (int second = 0; second < 20; second++) {
            for (int i = 0; i < 20_000; i++) {
                policy.onMessage(1 + (i * 37) % (1_000 + 10_000 * second));
            }
            now += CutoffPolicy.INTERVAL_NS;
            policy.onTimer(now, 8, 40_000);
        }
        return now;
    }
}
