package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Ratio;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeadlineTest {
    private static final String GOODPUT = "goodputMbps";
    private static final String SHORT_P99 = "shortest50.p99Us";

    @Test
    void saysHowMuchLowerAndAtWhatGoodput() {
        AbReport report = SampleReports.withRatios(List.of(
                ratio("w4", "remora-tcp", SHORT_P99, 120.4, true),
                ratio("w4", "remora-tcp", GOODPUT, 1.01, true),
                ratio("w4", "remora-tcp-16", SHORT_P99, 0.5, true),
                ratio("w4", "remora-tcp-16", GOODPUT, 0.99, true),
                ratio("w4", "grpc-java", SHORT_P99, 1.04, true)));
        assertThat(Headline.of(report).answer())
                .isEqualTo("P99 of short messages under W4 at 80 % load: 120× lower than TCP with one connection, "
                        + "2.0× higher than TCP with a pool of 16 and the same as grpc-java, at equal goodput.");
    }

    @Test
    void saysWhenLessWasDelivered() {
        AbReport report = SampleReports.withRatios(
                List.of(ratio("w4", "remora-tcp", SHORT_P99, 10, true), ratio("w4", "remora-tcp", GOODPUT, 0.8, true)));
        assertThat(Headline.of(report).answer())
                .endsWith("10× lower than TCP with one connection, at 80 % of their goodput.");
    }

    @Test
    void quotesNothingThatIsNotValid() {
        AbReport report = SampleReports.withRatios(List.of(
                ratio("w4", "remora-tcp", SHORT_P99, 120, false),
                ratio("w4", "remora-tcp-16", SHORT_P99, Double.NaN, true),
                ratio("w3", "remora-tcp", SHORT_P99, 7, true)));
        Headline headline = Headline.of(report);
        assertThat(headline.answer()).contains("under W3").contains("7.0× lower than TCP with one connection");
        assertThat(headline.answer()).doesNotContain("120");
        assertThat(headline.warnings())
                .contains(
                        "No valid comparison with Remora over TCP, one connection under W4 at 80 % load: do not quote it.");
    }

    @Test
    void admitsWhenThereIsNothingToSay() {
        Headline headline = Headline.of(SampleReports.withRatios(List.of()));
        assertThat(headline.answer()).startsWith("No valid comparison");
        assertThat(headline.chosen()).isNull();
    }

    @Test
    void givesTheRangeOverWorkloads() {
        List<Ratio> ratios = new ArrayList<>();
        ratios.add(ratio("w1", "remora-tcp", SHORT_P99, 0.9, true));
        ratios.add(ratio("w4", "remora-tcp", SHORT_P99, 120, true));
        assertThat(Headline.of(SampleReports.withRatios(ratios)).range())
                .isEqualTo(
                        "Over all 2 workloads that factor is 0.90–120× against TCP with one connection; below 1 it is a loss.");
    }

    @Test
    void countsInvalidRuns() {
        assertThat(Headline.of(SampleReports.full()).warnings())
                .contains("4 of 60 runs are not valid. Ratios leave them out where a valid round remains.")
                .contains("No valid comparison with grpc-java under W5 at 80 % load: do not quote it.");
        assertThat(Headline.of(SampleReports.small()).warnings()).isEmpty();
    }

    @Test
    void offloadsAreAboutThroughput() {
        Headline headline = Headline.of(SampleReports.offloads());
        assertThat(headline.question()).isEqualTo("What do the offloads buy?");
        assertThat(headline.answer())
                .startsWith(
                        "Goodput under W4 in closed loop, with tso+checksum: 1.4× that of tso and 2.9× that of none");
    }

    private static Ratio ratio(String workload, String opponent, String metric, double median, boolean valid) {
        return new Ratio(workload, 0.8, "remora-homa", opponent, metric, median, median, median, 3, valid);
    }
}
