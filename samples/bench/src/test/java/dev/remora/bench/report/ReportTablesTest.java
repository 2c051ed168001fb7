package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.bench.ab.result.AbReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTablesTest {
    private final AbReport report = SampleReports.full();

    @Test
    void oneRowPerRun() {
        List<String> lines = ReportTables.runs(report).lines().toList();
        assertThat(lines).hasSize(1 + report.runs().size());
        assertThat(lines.getFirst())
                .startsWith("workload,load,transport,round,valid,reasons,calls,failures,offeredMbps,goodputMbps")
                .contains("shortest50.p99Us", "largest10.aloneP99", "all.slowdownMean")
                .endsWith("retransmissions,grants,connections");
        assertThat(lines.get(1)).startsWith("w1,0.8,remora-homa,1,true,,");
        // Reasons have commas in them, so they are quoted.
        assertThat(ReportTables.runs(report))
                .contains(",\"The hypervisor took 6.3 % of the machine, more than 2 %. The");
    }

    @Test
    void everyRowHasAllColumns() {
        for (String table : List.of(
                ReportTables.runs(report),
                ReportTables.sizes(report),
                ReportTables.series(report),
                ReportTables.cdf(report))) {
            List<String> lines = table.lines().toList();
            int columns = cells(lines.getFirst());
            assertThat(lines).allSatisfy(line -> assertThat(cells(line)).isEqualTo(columns));
        }
    }

    @Test
    void oneRowPerSizeSecondAndPoint() {
        int sizes = report.runs().stream().mapToInt(run -> run.sizes().size()).sum();
        int seconds =
                report.runs().stream().mapToInt(run -> run.series().size()).sum();
        int points =
                report.runs().stream().mapToInt(run -> run.shortCdf().size()).sum();
        assertThat(ReportTables.sizes(report).lines()).hasSize(1 + sizes);
        assertThat(ReportTables.series(report).lines()).hasSize(1 + seconds);
        assertThat(ReportTables.cdf(report).lines()).hasSize(1 + points);
        assertThat(ReportTables.cdf(report).lines().findFirst())
                .hasValue("workload,load,transport,round,valid,us,fraction");
    }

    @Test
    void cellsAreSafeForSpreadsheets() {
        CsvTable table = new CsvTable(List.of("a", "b", "c"));
        table.row(List.of("say \"hi\",\nyou", "=1+1", Double.NaN));
        table.row(List.of("plain", 3L, 0.123456));
        assertThat(table.toString()).isEqualTo("a,b,c\n\"say \"\"hi\"\",\nyou\",'=1+1,\nplain,3,0.12346\n");
        assertThatThrownBy(() -> table.row(List.of("a"))).isInstanceOf(IllegalArgumentException.class);
    }

    /** Counts cells, those with commas in quotes as one. */
    private static int cells(String line) {
        return line.replaceAll("\"[^\"]*\"", "x").split(",", -1).length;
    }
}
