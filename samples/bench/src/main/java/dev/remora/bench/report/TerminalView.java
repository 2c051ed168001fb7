package dev.remora.bench.report;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.RunResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A report for a terminal: the answer, the ratios, and how each transport's slowdown runs from small to large messages. */
public final class TerminalView {
    private static final int LEAST_WIDTH = 60;
    private static final int MARGIN = 2;
    private static final int NAME = 27;
    private static final int BASE = 12;
    private static final int COLUMN = 19;
    private static final int RATIO = 8;

    private final AbReport report;
    private final int width;
    private final Ansi ansi;
    private final List<String> opponents;
    private final StringBuilder out = new StringBuilder();

    private TerminalView(AbReport report, int width, boolean colour) {
        this.report = report;
        this.width = width;
        ansi = new Ansi(colour);
        opponents = Scenario.transports(report).stream()
                .filter(transport -> !transport.equals(report.baseline()))
                .toList();
    }

    /**
     * The report as lines that end with a line feed.
     *
     * @param width columns of the terminal; fewer than 60 are taken as 60
     * @param colour whether the terminal shows ANSI colours
     */
    public static String render(AbReport report, int width, boolean colour) {
        return new TerminalView(report, Math.max(LEAST_WIDTH, width), colour).render();
    }

    private String render() {
        Headline headline = Headline.of(report);
        line(ansi.bold(headline.question()));
        TextLines.wrapped(headline.answer(), width, "  ").forEach(text -> line(ansi.blue(text)));
        if (!headline.range().isEmpty()) {
            TextLines.wrapped(headline.range(), width, "  ").forEach(this::line);
        }
        if (!headline.warnings().isEmpty()) {
            line("");
            headline.warnings()
                    .forEach(warning ->
                            TextLines.wrapped("! " + warning, width, "").forEach(text -> line(ansi.yellow(text))));
        }
        boolean wide = MARGIN + NAME + BASE + COLUMN * opponents.size() <= width;
        for (Scenario scenario : Scenario.of(report)) {
            line("");
            if (wide) {
                table(scenario);
            } else {
                list(scenario);
            }
        }
        line("");
        TextLines.wrapped(
                        "n×: the baseline is so many times better; beside it what the other measured. = no difference that counts,"
                                + " ~ not in all rounds, ▼ the baseline is worse, ! not valid, do not quote.",
                        width,
                        "")
                .forEach(text -> line(ansi.dim(text)));
        slowdowns();
        return out.toString();
    }

    private void table(Scenario scenario) {
        StringBuilder heading = new StringBuilder(TextLines.fitted(scenario.title(), MARGIN + NAME))
                .append(TextLines.fitted(Titles.transportShort(report.baseline()), BASE));
        opponents.forEach(opponent -> heading.append(TextLines.fitted(Titles.transportShort(opponent), COLUMN - 1))
                .append(' '));
        line(ansi.bold(heading.toString().stripTrailing()));
        for (Metric metric : scenario.metrics(report)) {
            StringBuilder row = new StringBuilder("  ")
                    .append(TextLines.fitted(metric.title(), NAME))
                    .append(TextLines.fitted(absolute(scenario, report.baseline(), metric), BASE));
            for (String opponent : opponents) {
                row.append(cell(scenario, opponent, metric));
            }
            line(row.toString().stripTrailing());
        }
    }

    /** For a narrow window: a line per opponent. */
    private void list(Scenario scenario) {
        line(ansi.bold(scenario.title()));
        for (Metric metric : scenario.metrics(report)) {
            line("  " + metric.title() + ": " + Titles.transportShort(report.baseline()) + " "
                    + absolute(scenario, report.baseline(), metric));
            for (String opponent : opponents) {
                line(("    " + TextLines.fitted(Titles.transportShort(opponent), 14) + cell(scenario, opponent, metric))
                        .stripTrailing());
            }
        }
    }

    private String cell(Scenario scenario, String opponent, Metric metric) {
        Optional<Ratio> found = scenario.ratio(report, opponent, metric.key());
        if (found.isEmpty() || !Double.isFinite(found.get().median())) {
            return TextLines.fitted("–", COLUMN);
        }
        Ratio ratio = found.get();
        boolean near = ratio.median() < Headline.SAME && ratio.median() > 1 / Headline.SAME;
        boolean split = ratio.rounds() > 1 && ratio.least() < 1 && ratio.greatest() > 1;
        String sign = !ratio.valid() ? "!" : near ? "=" : split ? "~" : ratio.median() < 1 ? "▼" : " ";
        String factor = TextLines.fitted(sign + Metric.factor(ratio.median()), RATIO);
        String shown = switch (sign) {
            case "!", "▼" -> ansi.yellow(factor);
            case "=", "~" -> ansi.dim(factor);
            default -> ansi.bold(factor);
        };
        return shown + TextLines.fitted(absolute(scenario, opponent, metric), COLUMN - RATIO - 1) + " ";
    }

    private String absolute(Scenario scenario, String transport, Metric metric) {
        OptionalDouble value = metric.median(scenario.runs(report, transport));
        return value.isPresent() ? metric.text(value.getAsDouble()) : "–";
    }

    private void slowdowns() {
        for (Scenario scenario : Scenario.of(report)) {
            List<String> names = new ArrayList<>();
            List<double[]> rows = new ArrayList<>();
            for (String transport : Scenario.transports(report)) {
                List<RunResult> runs = scenario.runs(report, transport);
                if (!runs.isEmpty()) {
                    names.add(transport);
                    rows.add(Deciles.slowdownP99(runs));
                }
            }
            double[] all = rows.stream()
                    .flatMapToDouble(Arrays::stream)
                    .filter(value -> Double.isFinite(value) && value > 0)
                    .sorted()
                    .toArray();
            if (all.length == 0) {
                continue;
            }
            line("");
            line(ansi.bold("Slowdown P99, " + scenario.title()) + ansi.dim(", small to large messages"));
            Sparkline sparkline = new Sparkline(all[0], all[all.length - 1]);
            for (int i = 0; i < rows.size(); i++) {
                slowdown(names.get(i), rows.get(i), sparkline, scenario);
            }
        }
    }

    private void slowdown(String transport, double[] values, Sparkline sparkline, Scenario scenario) {
        boolean valid = scenario.runs(report, transport).stream().anyMatch(RunResult::valid);
        String drawn = sparkline.of(values);
        String range = Metric.factor(values[0]) + " … " + Metric.factor(values[values.length - 1]);
        line("  " + TextLines.fitted(Titles.transportShort(transport), 16)
                + (transport.equals(report.baseline()) ? ansi.blue(drawn) : drawn)
                + "  " + range + (valid ? "" : ansi.yellow("  ! not valid")));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
