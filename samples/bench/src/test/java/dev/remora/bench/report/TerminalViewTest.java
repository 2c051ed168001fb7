package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalViewTest {
    @Test
    void leadsWithTheAnswer() {
        List<String> lines =
                TerminalView.render(SampleReports.full(), 120, false).lines().toList();
        assertThat(lines.getFirst()).isEqualTo("What does Homa buy this service?");
        assertThat(lines.get(1)).startsWith("  P99 of short messages under W4 at 80 % load:");
        assertThat(lines).anyMatch(line -> line.startsWith("! 4 of 60 runs are not valid."));
    }

    @Test
    void hasARowPerMetricAndAColumnPerTransport() {
        List<String> lines =
                TerminalView.render(SampleReports.full(), 120, false).lines().toList();
        int w4 = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith("W4 at 80 % load"))
                .findFirst()
                .orElseThrow());
        assertThat(lines.get(w4)).containsSubsequence("Homa", "TCP, 1 conn", "TCP, 16 conns", "grpc-java");
        assertThat(lines.subList(w4 + 1, w4 + 1 + SampleReports.METRICS.size()))
                .allSatisfy(line -> assertThat(line).containsPattern("×.*×.*×"));
        assertThat(lines.get(w4 + 2)).startsWith("  Short messages, P99 ").contains("µs", "ms");
    }

    @Test
    void marksWhatMayNotBeQuoted() {
        String text = TerminalView.render(SampleReports.full(), 120, false);
        String w5 = text.substring(text.lastIndexOf("\nW5 at 80 % load") + 1, text.indexOf("n×:"));
        assertThat(w5.lines().skip(1).limit(SampleReports.METRICS.size()))
                .allSatisfy(line -> assertThat(line).contains("!"));
        assertThat(text).contains("! not valid");
    }

    /** However large a median is: in some round the other one was better. */
    @Test
    void marksWhatRoundsDisagreeAbout() {
        String text = TerminalView.render(SampleReports.withRatioOfRounds(4.8, 0.9, 6), 120, false);
        assertThat(text).contains("~4.8×").containsPattern("~\\s+not\\s+in\\s+all\\s+rounds");
        assertThat(TerminalView.render(SampleReports.withRatioOfRounds(4.8, 1.2, 6), 120, false))
                .contains(" 4.8×")
                .doesNotContain("~4.8×");
    }

    @Test
    void noLineIsLongerThanTheWindow() {
        for (int width : new int[] {60, 80, 100, 140}) {
            assertThat(TerminalView.render(SampleReports.full(), width, false).lines())
                    .as("at %d columns", width)
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
        }
    }

    @Test
    void coloursChangeNothingButColour() {
        String plain = TerminalView.render(SampleReports.full(), 100, false);
        String colour = TerminalView.render(SampleReports.full(), 100, true);
        assertThat(plain).doesNotContain("\033");
        assertThat(colour).contains("\033[");
        assertThat(colour.replaceAll("\033\\[[0-9;]*m", "")).isEqualTo(plain);
    }

    @Test
    void theShortestMessagesStandLeftInTheSlowdowns() {
        String text = TerminalView.render(SampleReports.small(), 100, false);
        String tcp = text.substring(text.indexOf("Slowdown P99"))
                .lines()
                .filter(line -> line.startsWith("  TCP, 1 conn"))
                .findFirst()
                .orElseThrow();
        assertThat(tcp).containsPattern("█{3}.*[▁▂▃▄▅]  ");
    }

    @Test
    void aSparklineHasAHeightPerValueAndABlankForNone() {
        assertThat(new Sparkline(1, 128).of(new double[] {1, 2, 128, Double.NaN, 1000, 0.1}))
                .isEqualTo("▁▂█ █▁");
        assertThat(new Sparkline(5, 5).of(new double[] {5})).isEqualTo("▁");
    }

    @Test
    void toleratesHoles() {
        assertThat(TerminalView.render(SampleReports.withHoles(), 100, false)).contains("No valid comparison");
    }
}
