package dev.remora.samples.photos.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(120)
class DemoCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return new CommandLine(new DemoCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void runsInOneProcessAndEndsByItselfWithATableAndWithoutErrors() {
        int exit = run("--transport", "in-process", "--seconds", "2", "--rate", "50");

        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
        assertThat(out.toString())
                .contains("Users.GetUser", "Timelines.Publish", "Media.PutPhoto", "calls/s", "p99")
                .contains(" 0 failed");
    }

    @ParameterizedTest
    @CsvSource({
        "--seconds, 0, 1 to 3600",
        "--rate, 0, 1 to 5000",
        "--transport, smoke-signal, in-process",
        "--kill, nobody, timeline"
    })
    void saysWhatAnOptionTakes(String option, String value, String expected) {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(option).contains(expected);
    }

    @Test
    void killsOnlyServicesInProcessesOfTheirOwn() {
        assertThat(run("--transport", "in-process", "--kill", "users")).isEqualTo(2);
        assertThat(err.toString()).contains("--kill needs services in processes of their own");
    }
}
