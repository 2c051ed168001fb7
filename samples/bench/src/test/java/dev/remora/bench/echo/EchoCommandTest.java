package dev.remora.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.BenchCommand;
import dev.remora.bench.echo.contender.Contender;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class EchoCommandTest {
    // Works on machines with one core and without taskset.
    private static final String ANYWHERE = "--placement=floating";

    @Test
    void defaultsAreTheWholeComparison() {
        EchoPlan plan = plan(ANYWHERE);

        assertThat(plan.contenders())
                .extracting(Contender::name)
                .containsExactly(
                        "remora-homa", "remora-tcp", "netty", "netty-io-uring", "grpc-java", "blocking", "aeron");
        assertThat(plan.cases())
                .containsExactly(
                        new EchoCase(32, 1),
                        new EchoCase(32, 32),
                        new EchoCase(32, 256),
                        new EchoCase(1024, 1),
                        new EchoCase(1024, 32),
                        new EchoCase(1024, 256),
                        new EchoCase(65_536, 1),
                        new EchoCase(65_536, 32),
                        new EchoCase(1 << 20, 1));
        assertThat(plan.rounds()).isEqualTo(3);
        assertThat(plan.measure()).isEqualTo(Duration.ofSeconds(3));
        assertThat(plan.warmUp()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void quickIsOneShortRound() {
        EchoPlan plan = plan("--quick", ANYWHERE);

        assertThat(plan.rounds()).isEqualTo(1);
        assertThat(plan.measure()).isEqualTo(Duration.ofSeconds(1));
        assertThat(plan.cases())
                .containsExactly(
                        new EchoCase(32, 1), new EchoCase(32, 32), new EchoCase(65_536, 1), new EchoCase(65_536, 32));
    }

    @Test
    void optionsStandAboveQuick() {
        EchoPlan plan = plan("--quick", "--rounds=2", "--size=7", "--outstanding=3,4", ANYWHERE);

        assertThat(plan.rounds()).isEqualTo(2);
        assertThat(plan.cases()).containsExactly(new EchoCase(7, 3), new EchoCase(7, 4));
    }

    @Test
    void contendersKeepTheirOrder() {
        assertThat(plan("--contenders=blocking,remora-tcp-pool", ANYWHERE).contenders())
                .extracting(Contender::name)
                .containsExactly("blocking", "remora-tcp-pool");
    }

    @Test
    void countEndsMeasurementsInsteadOfTime() {
        EchoPlan plan = plan("--calls=12", ANYWHERE);

        assertThat(plan.maxCalls()).isEqualTo(12);
        assertThat(plan.measure()).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--contenders=netty,nety | there is no contender 'nety'; known: remora-homa, remora-tcp, netty",
                "--baseline=nobody | there is no contender 'nobody'",
                "--size=-1 | --size: -1 is outside 0 to 16777216",
                "--size=big | 'big' is not an int",
                "--outstanding=0 | --outstanding: 0 is outside 1 to 4096",
                "--rounds=0 | --rounds: 0 is outside",
                "--seconds=601 | --seconds: 601 is outside 1 to 600",
                "--placement=both | 'both' is not one of same-core, split, floating",
                "--style=lazy | 'lazy' is not one of auto, blocking, callback",
                "--calls=0 | --calls must be at least 1",
                "--size=65536 --outstanding=256 | no case is left",
                "--calls=5 --seconds=5 | exclude each other",
                "--json=no/such/folder/echo.json | --json: no/such/folder/echo.json cannot be written",
                "--colour=red | Unknown option: '--colour=red'"
            })
    void wrongOptionsAreNamedAndExitWithTwo(String options, String message) {
        StringWriter errors = new StringWriter();
        String[] args = (options.contains("--placement") ? options : options + " " + ANYWHERE).split(" ");

        int exitCode = new CommandLine(new EchoCommand())
                .setErr(new PrintWriter(errors))
                .execute(args);

        assertThat(exitCode).isEqualTo(2);
        assertThat(errors.toString()).contains(message);
    }

    @Test
    void benchAloneAsksWhatToMeasure() {
        StringWriter errors = new StringWriter();

        int exitCode = new CommandLine(new BenchCommand())
                .setErr(new PrintWriter(errors))
                .execute();

        assertThat(exitCode).isEqualTo(2);
        assertThat(errors.toString()).contains("bench echo");
    }

    @Test
    void helpNamesAllContenders() {
        assertThat(new CommandLine(new EchoCommand()).getUsageMessage())
                .contains("remora-tcp-pool")
                .contains("aeron");
    }

    private static EchoPlan plan(String... args) {
        EchoCommand command = new EchoCommand();
        new CommandLine(command).parseArgs(args);
        return command.plan();
    }
}
