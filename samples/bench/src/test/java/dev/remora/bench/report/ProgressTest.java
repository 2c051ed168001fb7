package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void rewritesOneLineOfATerminalAndLeavesItEmpty() {
        try (Progress progress = new Progress(out, true, 60)) {
            progress.show(0, 4, "W4 remora-homa", 120);
            progress.show(2, 4, "W4 remora-tcp", 60);
        }
        String[] lines = written().split("\r", -1);
        assertThat(written()).doesNotContain("\n");
        assertThat(lines[1])
                .startsWith("░░░")
                .contains("1/4 W4 remora-homa, 2 min left")
                .hasSize(60);
        assertThat(lines[2])
                .startsWith("████████████░")
                .contains("3/4 W4 remora-tcp, 1 min left")
                .hasSize(60);
        assertThat(lines[3]).isBlank();
        assertThat(lines[4]).isEmpty();
    }

    @Test
    void writesALinePerStepElsewhere() {
        try (Progress progress = new Progress(out, false, 60)) {
            progress.show(0, 2, "first", Double.NaN);
            progress.show(0, 2, "first", 30);
            progress.show(1, 2, "second", 12);
            progress.say("a remark");
        }
        assertThat(written().lines()).containsExactly("1/2 first", "2/2 second, 12 s left", "a remark");
    }

    @Test
    void drawsNothingTwice() {
        try (Progress progress = new Progress(out, true, 60)) {
            progress.show(1, 2, "same", 30.2);
            int length = written().length();
            progress.show(1, 2, "same", 30.4);
            assertThat(written()).hasSize(length);
        }
    }

    @Test
    void aRemarkStandsInItsOwnLine() {
        Progress progress = new Progress(out, true, 60);
        progress.show(0, 1, "run", 5);
        progress.say("a remark");
        assertThat(written()).endsWith("\ra remark" + System.lineSeparator());
    }

    @Test
    void durationsAreShort() {
        assertThat(Progress.duration(59.4)).isEqualTo("59 s");
        assertThat(Progress.duration(90)).isEqualTo("2 min");
        assertThat(Progress.duration(3660)).isEqualTo("1 h 01 min");
    }

    @Test
    void refusesStepsThatAreNot() {
        try (Progress progress = new Progress(out, false, 60)) {
            assertThatThrownBy(() -> progress.show(3, 2, "x", 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
