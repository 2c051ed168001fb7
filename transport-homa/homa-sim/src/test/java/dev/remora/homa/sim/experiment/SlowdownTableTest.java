package dev.remora.homa.sim.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SlowdownTableTest {
    private final SlowdownTable table = new SlowdownTable();

    @Test
    void percentilesAreThoseOfTheDecilesAskedFor() {
        for (int i = 1; i <= 100; i++) {
            table.record(0, 10, 1_000 + 10L * i, 1_000);
            table.record(9, 1_000_000, 5_000, 1_000);
        }
        assertThat(table.percentile(0, 1, 50)).isCloseTo(1.5, within(0.002));
        assertThat(table.percentile(0, 1, 99)).isCloseTo(1.99, within(0.002));
        assertThat(table.percentile(0, 10, 99)).isCloseTo(5, within(0.005));
        assertThat(table.messages(0, 10)).isEqualTo(200);
        assertThat(table.messages(1, 9)).isZero();
    }

    @Test
    void aMessageAsFastAsAloneHasSlowdownOne() {
        table.record(4, 700, 2_345, 2_345);
        assertThat(table.percentile(4, 5, 50)).isEqualTo(1);
        assertThat(table.mean(4, 5)).isEqualTo(1);
    }

    @Test
    void theSizesOfADecileAreThoseSeen() {
        table.record(2, 30, 10, 10);
        table.record(2, 20, 10, 10);
        assertThat(table.leastBytes(2)).isEqualTo(20);
        assertThat(table.mostBytes(2)).isEqualTo(30);
        assertThat(table.leastBytes(3)).isZero();
    }
}
