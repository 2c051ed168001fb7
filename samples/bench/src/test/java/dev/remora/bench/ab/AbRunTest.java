package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Fairness;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.report.ReportFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole way from the command to the report, with real processes; only that it works, not how fast. */
@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AbRunTest {
    /** Nothing is compared here, so nothing needs to be compiled before. */
    private static final Preparation SHORT = new Preparation(0.3, 0.1, 1, Preparation.QUICK.jvmFlags());

    @TempDir
    Path folder;

    @Test
    void comparesOnATestbedAndTakesItDown() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        List<String> before = namespaces();
        AbReport report = run("--transports", "remora-homa,remora-tcp-2", "--workload", "w4", "--load", "0.2");
        assertThat(namespaces()).isEqualTo(before);
        assertThat(report.testbed().kind()).isEqualTo("namespaces");
        assertThat(report.runs()).extracting(RunResult::transport).containsExactly("remora-homa", "remora-tcp-2");
        assertThat(report.runs()).allSatisfy(AbRunTest::isMeasured);
        RunResult homa = report.runs().getFirst();
        assertThat(homa.resources().grants()).as("grants").isPositive();
        assertThat(homa.settings()).containsEntry("link-mbps", "200");
        assertThat(report.ratios()).extracting(r -> r.metric()).contains("shortest50.p99Us", "goodputMbps");
        assertThat(report.method().baseUs()).isPositive();
    }

    @Test
    void comparesOnOneHost() throws IOException {
        AbReport report = run(
                "--one-host", "--transports", "remora-tcp,grpc-java", "--workload", "fixed:1000", "--outstanding", "2");
        assertThat(report.testbed().kind()).isEqualTo("processes");
        assertThat(report.notes()).anyMatch(note -> note.contains("root"));
        assertThat(report.notes()).anyMatch(note -> note.contains("-XX:TieredStopAtLevel=1"));
        assertThat(report.fairness())
                .filteredOn(line -> line.topic().equals(Fairness.PROCESSES))
                .singleElement()
                .satisfies(line -> assertThat(line.byTransport().values())
                        .allMatch(processes -> processes.contains("-XX:TieredStopAtLevel=1")));
        assertThat(report.runs()).hasSize(2).allSatisfy(AbRunTest::isMeasured);
    }

    private AbReport run(String... options) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Path report = folder.resolve("report");
        List<String> args = new java.util.ArrayList<>(List.of(
                "--clients",
                "2",
                "--rounds",
                "1",
                "--seconds",
                "2",
                "--warmup",
                "0.5",
                "--quick",
                "--out",
                report.toString()));
        args.addAll(List.of(options));
        // 1 says that a run is not valid, which a busy machine may make it.
        assertThat(new CommandLine(new AbCommand(SHORT))
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(args.toArray(String[]::new)))
                .as("%s", err)
                .isIn(0, 1);
        assertThat(report.resolve(ReportFiles.HTML)).isNotEmptyFile();
        assertThat(out.toString()).contains("Report: ");
        return ReportFiles.read(report);
    }

    private static void isMeasured(RunResult run) {
        assertThat(run.calls()).isPositive();
        assertThat(run.failures()).as("%s", run.reasons()).isZero();
        assertThat(run.all().count()).isEqualTo(run.calls());
        assertThat(run.all().p50Us()).isPositive().isLessThanOrEqualTo(run.all().p99Us());
        assertThat(run.goodputMbps()).isPositive();
        assertThat(run.sizes()).isNotEmpty();
        assertThat(run.series()).hasSize(2);
        assertThat(run.resources().cpuUsPerCall()).isPositive();
    }

    private static List<String> namespaces() throws IOException {
        Path folder = Path.of("/run/netns");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var names = Files.list(folder)) {
            return names.map(Path::toString).sorted().toList();
        }
    }
}
