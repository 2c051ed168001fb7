package dev.remora.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.codahale.metrics.Snapshot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HdrReservoirTest {
    private long nowNs = 1000;
    private final HdrReservoir reservoir = new HdrReservoir(1_000_000_000, 3, () -> nowNs);

    private void passHalfWindow() {
        nowNs += HdrReservoir.HALF_WINDOW_NS;
    }

    @Test
    void anEmptyOneIsAllZero() {
        Snapshot snapshot = reservoir.getSnapshot();

        assertThat(snapshot.getValue(0.99)).isZero();
        assertThat(snapshot.getMin()).isZero();
        assertThat(snapshot.getMax()).isZero();
        assertThat(snapshot.getMean()).isZero();
        assertThat(snapshot.getStdDev()).isZero();
        assertThat(snapshot.getValues()).isEmpty();
        assertThat(reservoir.size()).isZero();
    }

    @Test
    void quantilesAreRightToThreeDigits() {
        for (int i = 1; i <= 100_000; i++) {
            reservoir.update(i * 1000L);
        }
        HdrSnapshot snapshot = reservoir.getSnapshot();

        assertThat(snapshot.getMedian()).isCloseTo(50_000_000, within(50_000.0));
        assertThat(snapshot.get99thPercentile()).isCloseTo(99_000_000, within(99_000.0));
        assertThat(snapshot.get999thPercentile()).isCloseTo(99_900_000, within(99_900.0));
        assertThat(snapshot.getMean()).isCloseTo(50_000_500, within(50_000.0));
        assertThat(snapshot.getMax()).isBetween(100_000_000L, 100_100_000L);
        assertThat(snapshot.getMin()).isEqualTo(1000);
        assertThat(reservoir.count()).isEqualTo(100_000);
        assertThat(reservoir.sum()).isEqualTo(1000L * 100_000 * 100_001 / 2);
    }

    @Test
    void severalReadersSeeTheSame() {
        reservoir.update(5);
        reservoir.update(7);

        assertThat(reservoir.getSnapshot().count()).isEqualTo(2);
        assertThat(reservoir.getSnapshot().count()).isEqualTo(2);
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(5, 7);
    }

    @Test
    void theWindowForgetsWhatIsOlderButTheCountDoesNot() {
        reservoir.update(1);
        passHalfWindow();
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(1);
        reservoir.update(2);
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(1, 2);
        passHalfWindow();
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(1, 2);
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(2);
        passHalfWindow();
        assertThat(reservoir.getSnapshot().getValues()).containsExactly(2);
        assertThat(reservoir.getSnapshot().getValues()).isEmpty();
        assertThat(reservoir.count()).isEqualTo(2);
        assertThat(reservoir.sum()).isEqualTo(3);
    }

    @Test
    void aValueStaysForHalfAWindowHoweverOftenOthersRead() {
        passHalfWindow();
        reservoir.getSnapshot();
        reservoir.update(9);
        for (int i = 0; i < 29; i++) {
            nowNs += 1_000_000_000;
            assertThat(reservoir.getSnapshot().getValues()).containsExactly(9);
        }
    }

    @Test
    void valuesOutsideTheRangeAreClampedAndCounted() {
        reservoir.update(5_000_000_000L);
        reservoir.update(-1);

        assertThat(reservoir.outOfRange()).isEqualTo(2);
        assertThat(reservoir.count()).isEqualTo(2);
        assertThat(reservoir.getSnapshot().getMin()).isZero();
        assertThat(reservoir.getSnapshot().getMax()).isBetween(1_000_000_000L, 1_001_000_000L);
        assertThat(reservoir.sum()).isEqualTo(1_000_000_000);
    }

    @Test
    void nothingIsLostWhileReadersRace() throws InterruptedException {
        int writers = 3;
        int each = 50_000;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    reservoir.update(n);
                }
            }));
        }
        long seen = 0;
        while (threads.stream().anyMatch(Thread::isAlive)) {
            long count = reservoir.getSnapshot().count();
            assertThat(count).isGreaterThanOrEqualTo(seen);
            seen = count;
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(reservoir.count()).isEqualTo((long) writers * each);
        assertThat(reservoir.getSnapshot().count()).isEqualTo((long) writers * each);
    }

    @Test
    void dumpWritesValuesAndCounts() {
        reservoir.update(3);
        reservoir.update(3);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        reservoir.getSnapshot().dump(out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("3 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reservoir.getSnapshot().getValue(1.1));
    }
}
