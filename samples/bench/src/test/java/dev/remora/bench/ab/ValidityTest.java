package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    @ParameterizedTest
    @CsvSource({
        "2_900, 5_000, true",
        "3_100, 5_000, false",
        "3_100, 62_001, true",
        "10_000, 340_000, true",
        "18_000, 340_000, false",
        "3_100, 0, false",
    })
    void latenessCountsWhereItIsMuchOfWhatIsQuoted(String lagUs, String shortP99Us, boolean passes) {
        List<String> reasons = Validity.lateness(us(lagUs), us(shortP99Us));
        assertThat(reasons.isEmpty()).isEqualTo(passes);
    }

    @Test
    void saysHowLateAndOfWhat() {
        assertThat(Validity.lateness(7_900, 21_000)).singleElement().asString().contains("7.9 ms late", "21.0 ms");
    }

    private static double us(String text) {
        return Double.parseDouble(text.replace("_", ""));
    }

    @Test
    void withoutLinksTheLoadIsLowered() {
        assertThat(Validity.remedy(3, 0)).contains("--load").doesNotContain("--rate");
    }
}
