package dev.remora.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class DisplayTest {
    private final StringWriter text = new StringWriter();

    @Test
    void onATerminalAFrameTakesThePlaceOfTheOneBefore() {
        Display display = new Display(new PrintWriter(text), true);
        display.frame(List.of("a", "b", "c"));
        assertThat(text.toString()).doesNotContain("A").contains("a\u001b[K\n");
        display.frame(List.of("d"));

        assertThat(text.toString()).contains("\u001b[3Ad\u001b[K\n\u001b[J").endsWith("\u001b[?7h");
    }

    @Test
    void elsewhereFramesFollowEachOtherWithoutControlSequences() {
        Display display = new Display(new PrintWriter(text), false);
        display.frame(List.of("a", "b"));
        display.frame(List.of("c"));

        assertThat(text.toString()).isEqualTo("a\nb\n\nc\n\n");
    }
}
