package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.ab.result.Group;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidityTest {
    @ParameterizedTest
    @CsvSource({
        "200, 14, 130",
        "200, 0, 120",
        "100, 10, 65",
        "30, 5, 18",
        "1, 0, 1",
    })
    void namesARateThatLeavesSomeCpu(int linkMbps, double idlePercent, int better) {
        assertThat(Validity.remedy(idlePercent, linkMbps)).contains("--rate " + better + "mbit");
    }

    /** Lateness in us at P50, P99 and P99.9, and what short messages took there. */
    @ParameterizedTest
    @CsvSource({
        "100,    2_900, 300_000, 1_000,   5_000,   6_000, true",
        "100,    3_100,   4_000, 1_000,   5_000,   6_000, false",
        "100,    3_100,   4_000, 9_000,  62_001, 100_000, true",
        "100,   10_000,  15_000, 9_000, 340_000, 400_000, true",
        "100,   18_000,  19_000, 9_000, 340_000, 400_000, false",
        "500,   10_000,  15_000, 9_000, 340_000, 400_000, false",
        "100,    3_100, 300_000, 9_000,  62_001,  62_001, false",
        "100,    3_100,   4_000,     0,       0,       0, false",
    })
    void latenessCountsWhereItIsMuchOfWhatIsQuoted(
            String lag50, String lag99, String lag999, String p50, String p99, String p999, boolean passes) {
        List<String> reasons =
                Validity.lateness(lags(us(lag50), us(lag99), us(lag999)), tail(us(p50), us(p99), us(p999)));
        assertThat(reasons).hasSize(passes ? 0 : 1);
    }

    @Test
    void saysHowLateAndOfWhat() {
        assertThat(Validity.lateness(lags(100, 7_900, 9_000), tail(4_000, 21_000, 400_000)))
                .containsExactly("One call in a hundred began more than 7.9 ms late, more than 3 ms;"
                        + " at P99 lateness is 7.9 ms, more than 5 % of the 21.0 ms of short messages.");
        assertThat(Validity.lateness(lags(100, 7_900, 9_000), tail(0, 0, 0)))
                .containsExactly("One call in a hundred began more than 7.9 ms late, more than 3 ms.");
    }

    private static DoubleUnaryOperator lags(double p50, double p99, double p999) {
        return quantile -> quantile == 0.5 ? p50 : quantile == 0.99 ? p99 : p999;
    }

    private static Group tail(double p50Us, double p99Us, double p999Us) {
        return new Group(1, 100, 1_000, p50Us, p99Us, p999Us, p999Us, 1, 1, 1, 1, 1);
    }

    private static double us(String text) {
        return Double.parseDouble(text.replace("_", ""));
    }

    @Test
    void withoutLinksTheLoadIsLowered() {
        assertThat(Validity.remedy(3, 0)).contains("--load").doesNotContain("--rate");
    }
}
