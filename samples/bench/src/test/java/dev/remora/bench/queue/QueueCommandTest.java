package dev.remora.bench.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.BenchCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class QueueCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void theSimulationPrintsATableOfAllOrders() {
        assertThat(run("queue", "--calls", "2000", "--seconds", "0", "--load", "0.5,1.5"))
                .isZero();
        assertThat(out.toString()).contains("| 0.50 | fifo |", "| 0.50 | srpt |", "| 1.50 | adaptive-lifo |");
    }

    @Test
    void aServerProcessIsMeasuredToo() {
        assertThat(run("queue", "--calls", "1000", "--seconds", "1", "--load", "0.5", "--workload", "w1"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("Over TCP, 1 s each");
        assertThat(out.toString().split("Over TCP")[1]).contains("| 0.50 | srpt | 100.0 % |");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--load=0", "--load=11", "--places=0", "--workload=w9", "--seconds=-1", "--calls=0"})
    void wrongOptionsAreNamed(String option) {
        assertThat(run("queue", option)).isEqualTo(2);
        assertThat(err.toString()).contains(option.substring(0, option.indexOf('=')));
    }
}
