package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.bench.ab.result.AbReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser: that it draws what it should, at any width and in both colours, and answers its reader. */
class ReportPageTest {
    private static final int LEAST_WINDOW = 500;
    private static final String DARK = "--blink-settings=preferredColorScheme=0";
    private static final String LIGHT = "--blink-settings=preferredColorScheme=1";

    @TempDir
    private Path folder;

    @BeforeEach
    void needsBrowser() {
        assumeTrue(
                Browser.installed().isPresent(),
                "SKIPPED, the report's page is not tested: install Chromium (Debian: apt-get install chromium)");
    }

    /** One overview, four per workload and two of them bars, five over time. */
    private static String plots(int workloads) {
        return Integer.toString(1 + 5 * workloads + 5);
    }

    @Test
    void drawsEverythingOfAFullReport() throws Exception {
        Browser.Page page = probed(SampleReports.full(), 1400, LIGHT);
        assertThat(page.data("errors")).isEqualTo("0");
        assertThat(page.data("plots")).isEqualTo(plots(5));
        assertThat(page.data("background")).isEqualTo("rgb(253, 253, 251)");
        assertThat(page.data("ratio-tables")).isEqualTo("5");
        // One set of figures per chart or group of charts: overview, three per workload, time, cost.
        assertThat(page.data("figures")).isEqualTo("18");
        assertThat(page.data("empty-figures")).isEqualTo("0");
        assertThat(page.data("sideways")).isEqualTo("0");
        assertThat(page.data("warned")).isEqualTo("true");
        assertThat(page.html()).contains("<b>grpc-java, W5, round 3: </b>The hypervisor took 6.3 % of the machine");
    }

    @Test
    void fitsAPhoneInDarkColours() throws Exception {
        Browser.Page page = probed(SampleReports.full(), 360, DARK);
        assertThat(page.data("errors")).isEqualTo("0");
        assertThat(page.data("plots")).isEqualTo(plots(5));
        assertThat(page.data("width")).isEqualTo("360");
        assertThat(page.data("sideways")).isEqualTo("0");
        assertThat(page.data("background")).isEqualTo("rgb(20, 23, 27)");
    }

    @Test
    void noTextOfAChartCoversAnotherOrLeavesThePage() throws Exception {
        for (int width : new int[] {360, 768, 1400}) {
            Browser.Page page = probed(SampleReports.full(), width, LIGHT);
            assertThat(page.data("texts")).as("texts at %d px", width).isNotEqualTo("0");
            assertThat(page.data("covered")).as("covered at %d px", width).isEmpty();
            assertThat(page.data("clipped")).as("clipped at %d px", width).isEmpty();
        }
    }

    @Test
    void drawsAReportOfOneRound() throws Exception {
        Browser.Page page = probed(SampleReports.small(), 1000, LIGHT);
        assertThat(page.data("errors")).isEqualTo("0");
        assertThat(page.data("plots")).isEqualTo(plots(1));
        assertThat(page.data("warned")).isEqualTo("false");
    }

    @Test
    void saysWhereRoundsDisagree() throws Exception {
        assertThat(probed(SampleReports.withRatioOfRounds(4.8, 0.9, 6), 1000, LIGHT)
                        .html())
                .contains("<span class=\"word\">not in all rounds");
        assertThat(probed(SampleReports.withRatioOfRounds(4.8, 1.2, 6), 1000, LIGHT)
                        .html())
                .doesNotContain("<span class=\"word\">not in all rounds");
    }

    @Test
    void drawsOffloads() throws Exception {
        Browser.Page page = probed(SampleReports.offloads(), 1000, LIGHT);
        assertThat(page.data("errors")).isEqualTo("0");
        assertThat(page.data("plots")).isEqualTo(plots(2));
        assertThat(page.html()).contains("What do the offloads buy?", "Throughput at a glance");
    }

    @Test
    void drawsAReportWithHolesInIt() throws Exception {
        Browser.Page page = probed(SampleReports.withHoles(), 1000, LIGHT);
        assertThat(page.data("errors")).isEqualTo("0");
        assertThat(page.html()).contains("No valid comparison");
    }

    @Test
    void answersItsReader() throws Exception {
        Browser.Page page = probed(SampleReports.full(), 1400, LIGHT);
        assertThat(page.data("percentile-changes")).isEqualTo("true");
        assertThat(page.data("scenario-changes")).isEqualTo("true");
        assertThat(page.data("tip")).contains("of messages", "Homa", "grpc-java");
        assertThat(page.data("themes")).isEqualTo("light dark auto");
        assertThat(page.data("plots")).isEqualTo(page.data("plots-afterwards"));
    }

    /** Opens the page with the questions of page-probe.js at its end. */
    private Browser.Page probed(AbReport report, int width, String... options)
            throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory(folder, "report");
        ReportFiles.write(report, dir);
        Path file = dir.resolve(ReportFiles.HTML);
        String html = Files.readString(file);
        int end = html.lastIndexOf("</body>");
        html = html.substring(0, end) + "<script>" + resource("page-probe.js") + "</script>" + html.substring(end);
        Files.writeString(file, width < LEAST_WINDOW ? framed(html, width) : html);
        return Browser.in(folder).open(file, Math.max(LEAST_WINDOW, width), 3000, options);
    }

    /** A window cannot be as narrow as a phone, a frame can. What the page answers is then read from the page around it. */
    private static String framed(String html, int width) throws IOException {
        return "<!DOCTYPE html><html><body style=\"margin:0\"><iframe style=\"border:0\" width=\"" + width
                + "\" height=\"3000\" srcdoc=\"" + Template.escaped(html) + "\"></iframe><script>"
                + resource("frame-probe.js") + "</script></body></html>";
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ReportPageTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
