package dev.remora.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.process.Interference;
import dev.remora.bench.process.Placement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamResultsTest {
    private static final StreamCase POINT = new StreamCase(Direction.UPLOAD, 65_536);

    private static StreamMeasurement measured(String name, int round, double perSecond, double foreignPercent) {
        return new StreamMeasurement(
                name, POINT, round, 100, perSecond, 2000, 500, new Interference(0, foreignPercent));
    }

    private static StreamResults results(StreamMeasurement... measurements) {
        return new StreamResults(List.of(measurements), Map.of(), List.of());
    }

    private static String table(StreamResults results) {
        StreamPlan plan = new StreamPlan(
                List.of(
                        StreamContenders.find("remora-tcp").orElseThrow(),
                        StreamContenders.find("grpc-java").orElseThrow()),
                List.of(POINT),
                1,
                3,
                Duration.ofSeconds(1),
                0,
                Duration.ZERO,
                Placement.FLOATING,
                List.of());
        return StreamTable.render(plan, results, "grpc-java");
    }

    @Test
    void mediansAndRatiosLeaveOutWhatOthersHaveDisturbed() {
        String table = table(results(
                measured("remora-tcp", 1, 20_000, 0),
                measured("remora-tcp", 2, 30_000, 0),
                measured("remora-tcp", 3, 1, 50),
                measured("grpc-java", 1, 10_000, 0),
                measured("grpc-java", 2, 10_000, 0),
                measured("grpc-java", 3, 10_000, 0)));
        assertThat(table).contains("upload 64 KiB");
        assertThat(table)
                .containsPattern("remora-tcp +25\\.0 \\(20\\.0-30\\.0\\)")
                .contains("2.50 (2.00-3.00)");
        assertThat(table).containsPattern("round 3  remora-tcp .* foreign 50\\.0 %");
    }

    @Test
    void whatIsOnlyDisturbedIsMarked() {
        String table = table(results(measured("remora-tcp", 1, 20_000, 50), measured("grpc-java", 1, 10_000, 0)));
        assertThat(table).contains("remora-tcp !");
    }

    @Test
    void jsonHasEveryMeasurement() {
        String json = StreamJson.render(
                Map.of("kernel", "Linux"), Map.of("rounds", "1"), results(measured("remora-tcp", 1, 20_000, 50)));
        assertThat(json)
                .contains("\"direction\" : \"upload\"", "\"messagesPerSecond\" : 20000.0", "\"flagged\" : true")
                .contains("\"megabytesPerSecond\" : 1310.72");
    }

    @Test
    void ordersTravelAsLines() {
        StreamOrder order = new StreamOrder(POINT, 3, 77, 0);
        assertThat(StreamOrder.parse(order.toLine())).isEqualTo(order);
    }
}
