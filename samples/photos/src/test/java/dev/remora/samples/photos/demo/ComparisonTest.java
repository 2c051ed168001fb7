package dev.remora.samples.photos.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static CallTable.Row row(double p50Ns, double p99Ns) {
        return new CallTable.Row("Users.GetUser", 10, p50Ns, p99Ns, 0, 0);
    }

    @Test
    void saysHowManyTimesLowerTheLastTransportIs() {
        Map<String, List<CallTable.Row>> results = new LinkedHashMap<>();
        results.put("tcp", List.of(row(2e6, 30e6)));
        results.put("homa", List.of(row(1e6, 3e6)));
        assertThat(Comparison.render(results)).hasSize(2);
        assertThat(Comparison.render(results).getFirst())
                .contains("tcp p50", "homa p50", "tcp p99", "homa p99", "tcp/homa");
        assertThat(Comparison.render(results).getLast())
                .contains("2.00 ms", "1.00 ms", "2.0x", "30 ms", "3.00 ms", "10.0x");
    }

    @Test
    void methodWithoutCallsHasNoRatio() {
        Map<String, List<CallTable.Row>> results = new LinkedHashMap<>();
        results.put("tcp", List.of(row(2e6, 30e6)));
        results.put("homa", List.of(row(0, 0)));
        assertThat(Comparison.render(results).getLast()).doesNotContain("x").contains("-");
    }
}
