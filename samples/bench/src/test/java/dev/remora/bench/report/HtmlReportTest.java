package dev.remora.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.bench.ab.result.AbReport;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    @Test
    void needsNothingFromOutside() {
        String html = HtmlReport.render(SampleReports.full()).replace("http://www.w3.org/2000/svg", "");
        assertThat(html)
                .doesNotContainPattern("(?i)https?://")
                .doesNotContainPattern("(?i)\\b(src|href)\\s*=\\s*[\"']?//");
        assertThat(html).doesNotContainPattern("(?i)<(link|img|iframe|object|embed)\\b");
        assertThat(html).doesNotContainPattern("(?i)@import|url\\((?!#\\$\\{id})");
        assertThat(html).contains("default-src 'none'");
    }

    @Test
    void noTextCanEndTheDataOrBecomeMarkup() {
        String evil = "</script><script>alert(1)</script><!-- <b>";
        AbReport report = SampleReports.withNote(evil);
        String html = HtmlReport.render(report);
        assertThat(html).doesNotContain(evil).doesNotContain("alert(1)</script>");
        assertThat(html).contains("\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\\u003c!-- \\u003cb>");
        // Two scripts begin and two end: the data and the program.
        assertThat(Pattern.compile("<script").matcher(html).results()).hasSize(2);
        assertThat(Pattern.compile("</script").matcher(html).results()).hasSize(2);
    }

    @Test
    void whatIsFilledInIsNotSearchedForPlaces() {
        assertThat(HtmlReport.render(SampleReports.withNote("{{script}} $1 \\")))
                .contains("{{script}} $1 \\\\");
    }

    @Test
    void aTemplateWithoutAValueIsAnError() {
        assertThatThrownBy(() -> Template.of("report.html").fill(Map.of("title", "x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("{{");
        assertThatThrownBy(() -> Template.resource("none.js"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("none.js");
    }

    @Test
    void hasTheAnswerEvenWithoutScripts() {
        String html = HtmlReport.render(SampleReports.full());
        assertThat(html.substring(html.indexOf("<noscript>"), html.indexOf("</noscript>")))
                .contains("P99 of short messages under W4", "CSV files");
        assertThat(List.of(html.split("\n"))).contains("<!DOCTYPE html>");
    }
}
