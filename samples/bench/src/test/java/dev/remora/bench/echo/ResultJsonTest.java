package dev.remora.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultJsonTest {
    private static final EchoCase POINT = new EchoCase(65_536, 32);

    @Test
    void rowsHaveTheAgreedFields() throws IOException {
        EchoResults results = new EchoResults(
                List.of(
                        measurement("netty", 1, 100, 0),
                        measurement("remora-tcp", 1, 110.12345, 0),
                        measurement("remora-tcp", 2, 500, 30)),
                Map.of("aeron", "no shared memory"),
                List.of("round 2: netty client hangs"));
        List<Row> rows =
                Rows.of(results.measurements(), List.of(POINT), List.of("netty", "remora-tcp", "aeron"), "netty");

        JsonNode root = new ObjectMapper()
                .readTree(ResultJson.render(Map.of("cores", "2"), Map.of("baseline", "netty"), rows, results));

        assertThat(root.at("/machine/cores").asText()).isEqualTo("2");
        assertThat(root.at("/method/baseline").asText()).isEqualTo("netty");
        assertThat(root.at("/rows")).hasSize(2);
        JsonNode row = root.at("/rows/1");
        assertThat(row.at("/name").asText()).isEqualTo("remora-tcp");
        assertThat(row.at("/size").asInt()).isEqualTo(65_536);
        assertThat(row.at("/outstanding").asInt()).isEqualTo(32);
        assertThat(row.at("/p50Us").asDouble()).isEqualTo(110.123);
        for (String field : List.of("p99Us", "callsPerSecond", "cpuUsPerCall", "allocatedBytesPerCall")) {
            assertThat(row.path(field).isNumber()).as(field).isTrue();
        }
        assertThat(row.at("/rounds").asInt()).isEqualTo(1);
        assertThat(row.at("/flaggedRounds").asInt()).isEqualTo(1);
        assertThat(row.at("/spread/p50Us/max").asDouble()).isEqualTo(110.123);
        assertThat(row.at("/ratioToBaseline/p50Us/median").asDouble()).isEqualTo(1.101);
        assertThat(root.at("/measurements")).hasSize(3);
        assertThat(root.at("/measurements/1/flagged").asBoolean()).isFalse();
        assertThat(root.at("/measurements/2/flagged").asBoolean()).isTrue();
        assertThat(root.at("/measurements/2/foreignPercent").asDouble()).isEqualTo(30);
        assertThat(root.at("/unavailable/aeron").asText()).isEqualTo("no shared memory");
        assertThat(root.at("/failures/0").asText()).contains("hangs");
    }

    @Test
    void theTableTellsWhatIsMissingAndWhatIsDoubtful() {
        EchoResults results = new EchoResults(
                List.of(measurement("netty", 1, 100, 30)), Map.of("aeron", "no shared memory"), List.of());

        String table = ResultTable.render(
                Rows.of(results.measurements(), List.of(POINT), List.of("netty", "aeron"), "netty"), results, "netty");

        assertThat(table)
                .contains("64 KiB x 32")
                .contains("netty !")
                .contains("cannot run here: no shared memory")
                .contains("foreign 30.0 %");
    }

    private static Measurement measurement(String name, int round, double p50Us, double foreignPercent) {
        return new Measurement(name, POINT, round, 10, p50Us, 200, 1000, 5, 10, 20, 0, foreignPercent);
    }
}
