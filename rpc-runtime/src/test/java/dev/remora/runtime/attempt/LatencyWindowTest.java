package dev.remora.runtime.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyWindowTest {
    private static final long MS = 1_000_000;
    private static final long SECOND_NS = 1000 * MS;

    private final LatencyWindow window = new LatencyWindow(0);

    private void record(int count, long latencyNs, long nowNs) {
        for (int i = 0; i < count; i++) {
            window.record(latencyNs, nowNs);
        }
    }

    @Test
    void tooFewSayNothing() {
        record(LatencyWindow.MIN_COUNT - 1, 5 * MS, 0);
        assertThat(window.percentileNs(0.9, 7, 0)).isEqualTo(7);
        record(1, 5 * MS, 0);
        assertThat((double) window.percentileNs(0.9, 7, SECOND_NS)).isCloseTo(5.0 * MS, within(0.05 * MS));
    }

    @Test
    void percentilesAreThoseOfTheLatencies() {
        record(90, MS, 0);
        record(10, 100 * MS, 0);
        assertThat((double) window.percentileNs(0.5, 0, 0)).isCloseTo(1.0 * MS, within(0.02 * MS));
        assertThat((double) window.percentileNs(0.95, 0, 0)).isCloseTo(100.0 * MS, within(1.0 * MS));
    }

    @Test
    void oldOnesAreForgottenAfterAMinute() {
        record(1000, 100 * MS, 0);
        record(200, MS, 31 * SECOND_NS);
        assertThat(window.percentileNs(0.5, 0, 31 * SECOND_NS)).isGreaterThan(50 * MS);
        record(200, MS, 62 * SECOND_NS);
        assertThat(window.percentileNs(0.5, 0, 62 * SECOND_NS)).isLessThan(2 * MS);
    }

    @Test
    void aPauseForgetsBothHalves() {
        record(1000, 100 * MS, 0);
        record(100, MS, 100 * SECOND_NS);
        assertThat(window.percentileNs(0.99, 0, 100 * SECOND_NS)).isLessThan(2 * MS);
    }
}
