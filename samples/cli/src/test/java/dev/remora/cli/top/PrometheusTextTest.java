package dev.remora.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextTest {
    private static final String PAGE = """
            # HELP remora_calls_total Calls ended, by status.
            # TYPE remora_calls_total counter
            remora_calls_total{method="Get",service="photos.v1.Users",side="client",status="OK"} 12.0
            remora_calls_total{method="Get",service="photos.v1.Users",side="client",status="NOT_FOUND"} 1.0E9
            remora_transport_tcp_bytes_sent_total 77.0 1700000000
            jvm_threads 9.0
            remora_latency_seconds{quantile="0.5"} NaN
            remora_limit +Inf
            """;

    @Test
    void readsOurSamplesWithLabelsAndValues() {
        List<Sample> samples = PrometheusText.parse(PAGE);

        assertThat(samples).hasSize(5);
        assertThat(samples.get(0))
                .isEqualTo(new Sample(
                        "remora_calls_total",
                        Map.of("method", "Get", "service", "photos.v1.Users", "side", "client", "status", "OK"),
                        12));
        assertThat(samples.get(1).value()).isEqualTo(1e9);
        assertThat(samples.get(2)).isEqualTo(new Sample("remora_transport_tcp_bytes_sent_total", Map.of(), 77));
        assertThat(samples.get(3).value()).isNaN();
        assertThat(samples.get(4).value()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void escapesInLabelsAreTakenOff() {
        assertThat(PrometheusText.parse("remora_a{m=\"q\\\"b\\\\s\\nn,}\",n=\"\",} 1"))
                .containsExactly(new Sample("remora_a", Map.of("m", "q\"b\\s\nn,}", "n", ""), 1));
    }

    @Test
    void theLastLineNeedsNoEndAndLinesMayEndAsOnWindows() {
        assertThat(PrometheusText.parse("remora_a 1\r\nremora_b 2\r\n\r\nremora_c 3"))
                .extracting(Sample::value)
                .containsExactly(1.0, 2.0, 3.0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "remora_",
                "remora_a",
                "remora_a ",
                "remora_a x",
                "remora_a{",
                "remora_a{} ",
                "remora_a{b",
                "remora_a{b=",
                "remora_a{b=\"",
                "remora_a{b=\"c",
                "remora_a{b=\"c\\",
                "remora_a{b=\"c\"",
                "remora_a{b=\"c\"}",
                "remora_a{b=\"c\"}1",
                "remora_a{=\"c\"} 1",
                "remora_a{b='c'} 1",
                "remora_a}{ 1",
                "<html>remora_a 1</html>"
            })
    void whatIsNotUnderstoodIsSkipped(String odd) {
        assertThat(PrometheusText.parse(odd)).isEmpty();
        assertThat(PrometheusText.parse(odd + "\nremora_good 1")).contains(new Sample("remora_good", Map.of(), 1));
    }

    @Test
    void thereAreBounds() {
        String manyLabels = "remora_a{" + "b=\"c\",d=\"e\",".repeat(3) + "} 1";
        StringBuilder tooManyLabels = new StringBuilder("remora_a{");
        for (int i = 0; i <= PrometheusText.MAX_LABELS; i++) {
            tooManyLabels.append("l").append(i).append("=\"\",");
        }
        assertThat(PrometheusText.parse(manyLabels)).hasSize(1);
        assertThat(PrometheusText.parse(tooManyLabels + "} 1")).isEmpty();
        assertThat(PrometheusText.parse("remora_" + "a".repeat(PrometheusText.MAX_LINE) + " 1\nremora_b 1"))
                .containsExactly(new Sample("remora_b", Map.of(), 1));
        assertThat(PrometheusText.parse("remora_a 1\n".repeat(PrometheusText.MAX_SAMPLES + 1)))
                .hasSize(PrometheusText.MAX_SAMPLES);
    }

    @Test
    void noTextMakesItFail() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder page = new StringBuilder(PAGE);
            for (int change = 0; change < 8; change++) {
                int at = random.nextInt(page.length());
                switch (random.nextInt(3)) {
                    case 0 -> page.setCharAt(at, (char) random.nextInt(128));
                    case 1 -> page.insert(at, "{}=\",\\\n \u0000".charAt(random.nextInt(9)));
                    default -> page.setLength(Math.max(1, at));
                }
            }
            assertThat(PrometheusText.parse(page.toString())).hasSizeLessThan(100);
        }
    }
}
