package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.bench.ab.result.AbReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
    @TempDir
    private Path folder;

    @Test
    void writesAllFilesAndNothingElse() throws IOException {
        Path dir = folder.resolve("a/b");
        ReportFiles.write(SampleReports.small(), dir);
        ReportFiles.write(SampleReports.small(), dir);
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "report.html", "report.json", "runs.csv", "sizes.csv", "series.csv", "cdf.csv");
        }
    }

    @Test
    void readsBackWhatItWrote() throws IOException {
        ReportFiles.write(SampleReports.full(), folder);
        AbReport once = ReportFiles.read(folder);
        ReportFiles.write(once, folder);
        // Written once, numbers have few digits; from then on nothing changes any more.
        assertThat(ReportFiles.read(folder.resolve("report.json"))).isEqualTo(once);
        assertThat(once.runs()).hasSize(60);
        assertThat(once.runs().getFirst().goodputMbps())
                .isCloseTo(SampleReports.full().runs().getFirst().goodputMbps(), withinRelative(1e-4));
        assertThat(once.fairness()).isEqualTo(SampleReports.full().fairness());
        assertThat(once.machine()).isEqualTo(SampleReports.full().machine());
        assertThat(List.copyOf(once.machine().keySet()))
                .isEqualTo(List.copyOf(SampleReports.full().machine().keySet()));
    }

    private static Percentage withinRelative(double part) {
        return Percentage.withPercentage(part * 100);
    }

    @Test
    void whatIsNotKnownIsNullInJsonAndNaNAgain() throws IOException {
        ReportFiles.write(SampleReports.full(), folder);
        JsonNode root = ReportJson.MAPPER.readTree(Files.readString(folder.resolve("report.json")));
        int spoilt = -1;
        for (int i = 0; i < root.path("runs").size(); i++) {
            if (!root.path("runs").get(i).path("valid").booleanValue()) {
                spoilt = i;
            }
        }
        assertThat(root.path("runs").get(spoilt).path("all").path("aloneP99").isNull())
                .isTrue();
        assertThat(ReportFiles.read(folder).runs().get(spoilt).all().aloneP99()).isNaN();
    }

    @Test
    void numbersHaveFewDigits() throws IOException {
        assertThat(ReportJson.MAPPER.writeValueAsString(
                        List.of(123.456789, 0.8, 1e-7 / 3, 200.0, Double.NaN, Double.POSITIVE_INFINITY, 0.99999)))
                .isEqualTo("[123.46,0.8,3.3333E-8,200,null,null,0.99999]");
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> ReportFiles.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve("report.json").toString())
                .hasMessageContaining("name a folder");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> ReportFiles.read(written("{\"version\": 1,")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> ReportFiles.read(written("[]")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no field \"version\"");
        assertThatThrownBy(() -> ReportFiles.read(written("{\"version\": 2}")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("reads 1");
        assertThatThrownBy(() -> ReportFiles.read(written("{\"version\": 1}")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("created");
    }

    @Test
    void refusesTextWhereANumberShouldBe() throws IOException {
        ReportFiles.write(SampleReports.small(), folder);
        String json = Files.readString(folder.resolve("report.json"));
        assertThatThrownBy(() -> ReportFiles.read(written(json.replace("\"baseUs\" : 60.4", "\"baseUs\" : \"a lot\""))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no A/B report");
    }

    @Test
    void aFieldMoreDoesNoHarm() throws IOException {
        ReportFiles.write(SampleReports.small(), folder);
        String json = Files.readString(folder.resolve("report.json"));
        assertThat(ReportFiles.read(written(json.replaceFirst("\\{", "{\"colour\": \"blue\","))))
                .isEqualTo(ReportFiles.read(folder));
    }

    private Path written(String text) throws IOException {
        return Files.writeString(folder.resolve("other.json"), text);
    }
}
