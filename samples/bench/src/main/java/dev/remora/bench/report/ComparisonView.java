package dev.remora.bench.report;

import dev.remora.bench.ab.result.Ratio;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison of two reports, for a terminal and as a page. */
public final class ComparisonView {
    private static final int NAME = 28;
    private static final int NUMBER = 9;

    private ComparisonView() {}

    /** Lines that end with a line feed. */
    public static String terminal(ReportComparison comparison, int width, boolean colour) {
        Ansi ansi = new Ansi(colour);
        StringBuilder out = new StringBuilder(ansi.bold("Two reports compared")).append('\n');
        TextLines.wrapped(summary(comparison), width, "  ")
                .forEach(line -> out.append(line).append('\n'));
        out.append(ansi.dim("  before: " + comparison.before()))
                .append('\n')
                .append(ansi.dim("  after:  " + comparison.after()))
                .append('\n');
        String place = "";
        for (ReportComparison.Change change : comparison.changes()) {
            String here = place(change.before());
            if (!here.equals(place)) {
                place = here;
                out.append('\n').append(ansi.bold(here)).append('\n');
                out.append(ansi.dim("  " + " ".repeat(NAME) + TextLines.fitted("before", NUMBER)
                                + TextLines.fitted("after", NUMBER) + "change"))
                        .append('\n');
            }
            String verdict = verdict(change);
            out.append("  ")
                    .append(TextLines.fitted(Metric.of(change.before().metric()).title(), NAME))
                    .append(TextLines.fitted(Metric.factor(change.before().median()), NUMBER))
                    .append(TextLines.fitted(Metric.factor(change.after().median()), NUMBER))
                    .append(TextLines.fitted(percent(change), NUMBER))
                    .append(change.valid() && change.agrees() ? ansi.dim(verdict) : ansi.yellow(verdict))
                    .append('\n');
        }
        section(out, ansi, width, "Only in the first", comparison.onlyBefore());
        section(out, ansi, width, "Only in the second", comparison.onlyAfter());
        section(out, ansi, width, "Measured differently", comparison.differences());
        return out.toString();
    }

    private static void section(StringBuilder out, Ansi ansi, int width, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            out.append('\n').append(ansi.bold(title)).append('\n');
            lines.forEach(line -> TextLines.wrapped(line, width, "  ")
                    .forEach(part -> out.append(part).append('\n')));
        }
    }

    /** Writes {@link #html} to a file, in place of an older one. */
    public static void write(ReportComparison comparison, Path file) throws IOException {
        ReportFiles.put(file, html(comparison));
    }

    /** A page that needs nothing else. It has no script. */
    public static String html(ReportComparison comparison) {
        StringBuilder body = new StringBuilder();
        String place = "";
        for (ReportComparison.Change change : comparison.changes()) {
            String here = place(change.before());
            if (!here.equals(place)) {
                body.append(place.isEmpty() ? "" : "</tbody></table></div>\n");
                place = here;
                body.append("<div class=\"scroll\"><table class=\"changes\"><caption>")
                        .append(Template.escaped(here))
                        .append("</caption><thead><tr><th scope=\"col\">Ratio of</th><th scope=\"col\">before</th>")
                        .append(
                                "<th scope=\"col\">after</th><th scope=\"col\">change</th><th scope=\"col\"></th></tr></thead><tbody>\n");
            }
            body.append(row(change));
        }
        body.append(place.isEmpty() ? "<p>They have no ratio in common.</p>\n" : "</tbody></table></div>\n");
        List<String> differing = comparison.changes().stream()
                .filter(change -> change.valid() && !change.agrees())
                .map(ComparisonView::sentence)
                .toList();
        StringBuilder first = new StringBuilder();
        list(first, "What differs", differing);
        body.insert(0, first);
        list(body, "Only in the first report", comparison.onlyBefore());
        list(body, "Only in the second report", comparison.onlyAfter());
        list(body, "Measured differently", comparison.differences());
        return Template.of("comparison.html")
                .fill(Map.of(
                        "style",
                        Template.resource("report.css"),
                        "summary",
                        Template.escaped(summary(comparison)),
                        "when",
                        "<span>" + Template.escaped("before: " + comparison.before()) + "</span><span>"
                                + Template.escaped("after: " + comparison.after()) + "</span>",
                        "body",
                        body.toString()));
    }

    private static String row(ReportComparison.Change change) {
        String kind = !change.valid() ? "invalid" : change.agrees() ? "same" : "worse";
        return "<tr><th scope=\"row\">"
                + Template.escaped(Metric.of(change.before().metric()).title()) + "</th>" + cell(change.before())
                + cell(change.after()) + "<td>" + percent(change) + "</td><td class=\"ratio " + kind
                + "\"><span class=\"word\">"
                + verdict(change) + "</span></td></tr>\n";
    }

    private static String cell(Ratio ratio) {
        String range = ratio.rounds() > 1
                ? " <small>" + Metric.times(ratio.least()) + "–" + Metric.factor(ratio.greatest()) + "</small>"
                : "";
        return "<td><b>" + Metric.factor(ratio.median()) + "</b>" + range + "</td>";
    }

    private static void list(StringBuilder body, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            body.append("<section><h2>").append(title).append("</h2><ul class=\"notes\">");
            lines.forEach(
                    line -> body.append("<li>").append(Template.escaped(line)).append("</li>"));
            body.append("</ul></section>\n");
        }
    }

    private static String summary(ReportComparison comparison) {
        long valid = comparison.valid();
        long left = comparison.changes().size() - valid;
        return comparison.agreeing() + " of " + valid + " ratios agree within 25 %"
                + (left > 0 ? "; " + left + " more are not valid in one of the reports" : "") + ".";
    }

    private static String place(Ratio ratio) {
        return new Scenario(ratio.workload(), ratio.load()).title() + ": " + Titles.transport(ratio.transport())
                + " against " + Titles.transport(ratio.opponent());
    }

    private static String sentence(ReportComparison.Change change) {
        return place(change.before()) + ", "
                + Metric.of(change.before().metric()).title() + ": "
                + Metric.factor(change.before().median()) + " before, "
                + Metric.factor(change.after().median())
                + " after (" + percent(change) + ")";
    }

    private static String percent(ReportComparison.Change change) {
        // A change that rounds to nothing has no sign.
        long whole = Math.round(change.percent());
        return !Double.isFinite(change.percent())
                ? "–"
                : whole == 0 ? "0 %" : String.format(Locale.ROOT, "%+d %%", whole);
    }

    private static String verdict(ReportComparison.Change change) {
        return !change.valid() ? "not valid" : change.agrees() ? "agrees" : "differs";
    }
}
