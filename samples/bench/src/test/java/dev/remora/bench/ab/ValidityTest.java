package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void withoutLinksTheLoadIsLowered() {
        assertThat(Validity.remedy(3, 0)).contains("--load").doesNotContain("--rate");
    }
}
