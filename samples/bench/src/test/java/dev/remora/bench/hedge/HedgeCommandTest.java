package dev.remora.bench.hedge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.BenchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HedgeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void itMeasuresEveryPolicyAndOnlyHedgingHedges() {
        assertThat(run("hedge", "--seconds", "1", "--rate", "100", "--stall", "300", "--every", "1000"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("| at p95 |", "| at p90 |");
        String[] none = row("no hedging");
        assertThat(none[8].strip()).isEqualTo("0.0 %");
        assertThat(row("after 20 ms")[8].strip()).as("hedges per call").isNotEqualTo("0.0 %");
        assertThat(none[3].strip()).as("failed").isEqualTo("0");
    }

    private String[] row(String policy) {
        return out.toString()
                .lines()
                .filter(line -> line.startsWith("| " + policy + " |"))
                .findFirst()
                .orElseThrow()
                .split("\\|");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rate=0", "--seconds=0", "--every=10"})
    void wrongOptionsAreNamed(String option) {
        assertThat(run("hedge", option)).isEqualTo(2);
        assertThat(err.toString()).contains(option.substring(0, option.indexOf('=')));
    }
}
