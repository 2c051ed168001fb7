package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Ratio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportComparisonTest {
    @Test
    void aReportAgreesWithItself() {
        ReportComparison comparison = ReportComparison.of(SampleReports.full(), SampleReports.full());
        assertThat(comparison.changes()).hasSize(5 * 3 * SampleReports.METRICS.size());
        // grpc-java under W5 has no valid run.
        assertThat(comparison.valid()).isEqualTo(comparison.changes().size() - SampleReports.METRICS.size());
        assertThat(comparison.agreeing()).isEqualTo(comparison.valid());
        assertThat(comparison.onlyBefore()).isEmpty();
        assertThat(comparison.onlyAfter()).isEmpty();
        assertThat(comparison.differences()).isEmpty();
    }

    @Test
    void agreementIsAQuarterInBothDirections() {
        assertThat(change(100, 125).agrees()).isTrue();
        assertThat(change(125, 100).agrees()).isTrue();
        assertThat(change(100, 126).agrees()).isFalse();
        assertThat(change(126, 100).agrees()).isFalse();
        assertThat(change(100, Double.NaN).agrees()).isFalse();
        assertThat(change(100, 126).percent()).isCloseTo(26, Offset.offset(1e-9));
    }

    @Test
    void listsWhatHasNoPartner() {
        AbReport before = SampleReports.transports(List.of("w3", "w4"), 1, 1);
        AbReport after = SampleReports.transports(List.of("w4", "w5"), 1, 2);
        ReportComparison comparison = ReportComparison.of(before, after);
        assertThat(comparison.changes()).hasSize(3 * SampleReports.METRICS.size());
        assertThat(comparison.onlyBefore()).hasSize(4).contains("Remora over Homa under W3 at 80 % load");
        assertThat(comparison.onlyAfter()).hasSize(4).contains("grpc-java under W5 at 80 % load");
    }

    @Test
    void listsRatiosThatOneLacks() {
        List<Ratio> ratios = SampleReports.small().ratios();
        AbReport less = SampleReports.withRatios(SampleReports.small(), ratios.subList(1, ratios.size()));
        assertThat(ReportComparison.of(SampleReports.small(), less).onlyBefore())
                .containsExactly(
                        "Short messages, P50 of Remora over TCP, one connection to Remora over Homa under W4 at 80 % load");
    }

    @Test
    void saysWhatWasMeasuredDifferently() {
        ReportComparison comparison = ReportComparison.of(SampleReports.small(), SampleReports.offloads());
        assertThat(comparison.differences())
                .contains("Experiment: transports before, offloads after", "Loop: open before, closed after");
        assertThat(comparison.changes()).isEmpty();
    }

    @Test
    void otherFlagsOfTheProcessesAreADifference() {
        assertThat(ReportComparison.of(SampleReports.withProcesses("-Xint"), SampleReports.withProcesses("-Xcomp"))
                        .differences())
                .containsExactly("Processes: -Xint before, -Xcomp after");
        assertThat(ReportComparison.of(SampleReports.small(), SampleReports.withProcesses("-Xcomp"))
                        .differences())
                .containsExactly("Processes: not said before, -Xcomp after");
    }

    @Test
    void showsThemOnATerminal() {
        String text = ComparisonView.terminal(
                ReportComparison.of(SampleReports.full(), SampleReports.transports(SampleReports.WORKLOADS, 3, 9)),
                80,
                false);
        assertThat(text).contains("ratios agree within 25 %", "W4 at 80 % load: Remora over Homa against grpc-java");
        assertThat(text.lines().filter(line -> line.matches(".* [+-]?\\d+ % +(agrees|differs|not valid)")))
                .hasSize(5 * 3 * SampleReports.METRICS.size());
        assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void writesThemAsAPageThatNeedsNothingElse(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("comparison.html");
        ComparisonView.write(
                ReportComparison.of(
                        SampleReports.withNote("x"), SampleReports.withMachine("CPU", "<script>alert(1)</script>")),
                file);
        String html = Files.readString(file);
        assertThat(html)
                .contains("agrees", "Machine, CPU", "&lt;script&gt;alert(1)")
                .doesNotContain("<script");
        assertThat(html).doesNotContainPattern("(?i)https?://");
        assertThat(html.split("<table", -1)).hasSize(1 + 3);
        assertThat(html.split("</table", -1)).hasSize(1 + 3);
    }

    private static ReportComparison.Change change(double before, double after) {
        return new ReportComparison.Change(ratio(before), ratio(after));
    }

    private static Ratio ratio(double median) {
        return new Ratio("w4", 0.8, "remora-homa", "remora-tcp", "goodputMbps", median, median, median, 1, true);
    }
}
