package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(60)
class TestbedCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "up --rate fast|'fast' is not a rate, such as 200mbit or 1gbit",
                "up --rate 200kbit|'200kbit' is not a rate",
                "up --buffer 128kb|'128kb' is not a number of bytes",
                "up --buffer 999999999m|is not a number of bytes",
                "up --buffer 1k|bufferBytes is 1000: it must be 3028",
                "up --hosts 251|hosts is 251: it must be 1 to 250",
                "up --mtu 100|mtu is 100: it must be 576 to 9000",
                "up --congestion-control Cubic!|congestionControl is \"Cubic!\"",
                "up --gateway 1|--gateway",
            })
    void wrongOptionsAreAUsageErrorBeforeAnythingIsDone(String args, String message) {
        assertThat(run(args.split(" ", -1))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void withoutCommandItSaysWhatThereIs() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("testbed up", "testbed status", "testbed down");
    }

    @Test
    void itStandsUntilItIsTakenDown() throws Exception {
        Rights.needed();
        if (!Namespaces.of(TestbedTag.STANDING).isEmpty()) {
            Rights.skip(
                    "a testbed stands on this machine, which the test would remove; ./remora testbed down allows it");
        }
        try {
            assertThat(run("up", "--hosts=2", "--rate=1gbit", "--buffer=64ki", "--congestion-control=reno"))
                    .as(err.toString())
                    .isZero();
            assertThat(out.toString())
                    .contains("h1", "10.77.0.2", "ip netns exec remora-cli-h0 COMMAND", "./remora testbed down");
            assertThat(Namespaces.of(TestbedTag.STANDING))
                    .containsExactly("remora-cli-h0", "remora-cli-h1", "remora-cli-switch");

            assertThat(run("up", "--hosts=2", "--congestion-control=reno")).isEqualTo(1);
            assertThat(err.toString()).contains("a testbed stands already", "./remora testbed down");
            assertThat(Namespaces.of(TestbedTag.STANDING)).as("the first stays").hasSize(3);

            assertThat(run("status")).isZero();
            assertThat(out.toString()).contains("remora-cli: 2 hosts, links of 1000 Mbit/s, 65536 bytes", "10.77.0.1");

            assertThat(run("status", "--json")).isZero();
            JsonNode found = standing(out.toString());
            assertThat(found.path("state").asText()).isEqualTo("standing");
            assertThat(found.path("plan").path("linkMbps").asInt()).isEqualTo(1000);
            assertThat(found.path("hosts")).hasSize(2);
            assertThat(found.path("hosts").path(1).path("namespace").asText()).isEqualTo("remora-cli-h1");
            assertThat(found.path("hosts").path(1).path("port").path("drops").isIntegralNumber())
                    .isTrue();
        } finally {
            assertThat(run("down")).isZero();
        }
        assertThat(out.toString()).contains("removed remora-cli: 3 namespaces");
        assertThat(Namespaces.of(TestbedTag.STANDING)).isEmpty();
        assertThat(run("down")).as("nothing to do is no failure").isZero();
    }

    private static JsonNode standing(String json) throws Exception {
        for (JsonNode each : new ObjectMapper().readTree(json).path("testbeds")) {
            if (each.path("name").asText().equals("remora-cli")) {
                return each;
            }
        }
        throw new AssertionError("the standing one is missing in " + json);
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return new CommandLine(new TestbedCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
