package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.ab.side.Side;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class AbCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--transports carrier-pigeon | there is no 'carrier-pigeon'; known: remora-homa",
                "--workload w9               | w9",
                "--workload fixed:many       | after fixed: comes a number of bytes",
                "--load 0                    | --load: 0 is outside 0.01 to 1.5",
                "--load NaN                  | --load: NaN is outside",
                "--clients 65                | --clients: 65 is outside 1 to 64",
                "--rate fast                 | 'fast' is not a rate",
                "--pattern star              | none of fan-in, incast, all-to-all",
                "--experiment x              | neither transports nor offloads",
                "--seconds 0                 | --seconds: 0 is outside 1 to 3600",
                "--outstanding 0             | --outstanding: 0 is outside 1 to 200",
                "--pattern all-to-all --clients 1 | needs 2 hosts"
            })
    void wrongOptionsAreToldBeforeAnythingRuns(String options, String message) {
        StringWriter err = new StringWriter();
        Path out = folder.resolve("report");
        String[] args = (options + " --out " + out).split(" ");
        int code = new CommandLine(new AbCommand()).setErr(new PrintWriter(err)).execute(args);
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void outMustNotBeAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("report"), "mine");
        StringWriter err = new StringWriter();
        int code = new CommandLine(new AbCommand())
                .setErr(new PrintWriter(err))
                .execute("--one-host", "--out", file.toString());
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("--out: '" + file + "' is a file");
        assertThat(file).hasContent("mine");
    }

    @Test
    void defaultsAreTheComparisonOfTheReadme() {
        AbPlan plan = plan("--one-host");
        assertThat(plan.sides())
                .extracting(Side::name)
                .containsExactly("remora-homa", "remora-tcp", "remora-tcp-16", "grpc-java");
        assertThat(plan.load()).isEqualTo(0.8);
        assertThat(plan.hosts()).isEqualTo(9);
        assertThat(plan.onTestbed()).isFalse();
        assertThat(plan.rounds()).isEqualTo(3);
    }

    @Test
    void quickTakesAboutTwoMinutes() {
        assertThat(plan("--one-host", "--quick").estimateSeconds()).isBetween(60.0, 130.0);
    }

    /** A full run has the time to compile. */
    @Test
    void onlyQuickDoesWithoutTheOptimisingCompiler() {
        assertThat(Cluster.jvmFlags(plan("--one-host", "--quick"))).contains("-XX:TieredStopAtLevel=1");
        assertThat(Cluster.jvmFlags(plan("--one-host"))).noneMatch(flag -> flag.contains("Tiered"));
    }

    @Test
    void eachRoundBeginsWithAnotherSide() {
        AbPlan plan = plan("--one-host", "--transports", "remora-homa,remora-tcp,grpc-java");
        assertThat(plan.turns(1)).extracting(Side::name).containsExactly("remora-homa", "remora-tcp", "grpc-java");
        assertThat(plan.turns(2)).extracting(Side::name).containsExactly("remora-tcp", "grpc-java", "remora-homa");
        assertThat(plan.turns(4)).isEqualTo(plan.turns(1));
    }

    @Test
    void inAllToAllEveryHostIsBoth() {
        AbPlan plan = plan("--one-host", "--pattern", "all-to-all", "--clients", "4");
        assertThat(plan.hosts()).isEqualTo(4);
        assertThat(plan.serverCount()).isEqualTo(4);
        assertThat(plan.clientHost(2)).isEqualTo(2);
    }

    private static AbPlan plan(String... args) {
        AbCommand command = new AbCommand();
        new CommandLine(command).parseArgs(args);
        return command.plan();
    }
}
