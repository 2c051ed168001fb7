package dev.remora.cli;

import dev.remora.dpdk.doctor.Finding;
import dev.remora.dpdk.doctor.Report;
import dev.remora.dpdk.doctor.Status;
import dev.remora.dpdk.doctor.Way;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/**
 * Writes the doctor's report, for people and for programs. Lines are not wrapped: a remedy is there to be copied.
 */
final class DoctorText {
    private static final String INDENT = "           ";

    private final PrintWriter out;
    private final Ansi ansi;
    private final boolean verbose;

    DoctorText(PrintWriter out, Ansi ansi, boolean verbose) {
        this.out = out;
        this.ansi = ansi;
        this.verbose = verbose;
    }

    void print(Report report) {
        String area = "";
        for (Finding finding : report.findings()) {
            if (!finding.area().equals(area)) {
                out.println((area.isEmpty() ? "" : "\n") + styled("bold", finding.area()));
                area = finding.area();
            }
            out.println(
                    "  " + mark(finding.status()) + " " + finding.what() + (verbose ? " [" + finding.id() + "]" : ""));
            if (!finding.remedy().isEmpty()) {
                out.println(INDENT + "-> " + finding.remedy());
            }
        }
        out.println("\n" + styled("bold", "what you can run here"));
        for (Way way : report.ways()) {
            String note = way.open() && !way.note().isEmpty() ? ": " + way.note() : "";
            out.println("  " + (way.open() ? styled("green", "yes     ") : styled("yellow", "no      ")) + " "
                    + way.name() + note);
            for (String missing : way.missing()) {
                out.println(INDENT + "missing: " + missing);
            }
        }
        out.println("\n" + summary(report));
    }

    /** Fixed field names; the order of findings and ways is that of the text. */
    static String json(Report report) {
        String findings = report.findings().stream()
                .map(finding -> "    "
                        + object(List.of(
                                "area", quoted(finding.area()),
                                "id", quoted(finding.id()),
                                "status", quoted(finding.status().name()),
                                "what", quoted(finding.what()),
                                "remedy", quoted(finding.remedy()))))
                .collect(Collectors.joining(",\n"));
        String ways = report.ways().stream()
                .map(way -> "    "
                        + object(List.of(
                                "id", quoted(way.id()),
                                "name", quoted(way.name()),
                                "open", String.valueOf(way.open()),
                                "missing",
                                        way.missing().stream()
                                                .map(DoctorText::quoted)
                                                .collect(Collectors.joining(", ", "[", "]")),
                                "note", quoted(way.note()))))
                .collect(Collectors.joining(",\n"));
        return "{\n  \"findings\": [\n" + findings + "\n  ],\n  \"ways\": [\n" + ways + "\n  ]\n}\n";
    }

    private static String summary(Report report) {
        Map<Status, Long> counts = new EnumMap<>(Status.class);
        report.findings().forEach(finding -> counts.merge(finding.status(), 1L, Long::sum));
        return Arrays.stream(Status.values())
                .map(status -> counts.getOrDefault(status, 0L) + " " + word(status))
                .collect(Collectors.joining(", "));
    }

    private String mark(Status status) {
        String padded = String.format(Locale.ROOT, "%-8s", word(status));
        return styled(
                switch (status) {
                    case OK -> "green";
                    case NOTE -> "cyan";
                    case WARNING -> "yellow";
                    case PROBLEM -> "red";
                },
                padded);
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private String styled(String style, String text) {
        return ansi.enabled() ? ansi.string("@|" + style + " " + text + "|@") : text;
    }

    /** Keys and values by turns; values are JSON already. */
    private static String object(List<String> keysAndValues) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            text.append(i == 0 ? "" : ", ")
                    .append(quoted(keysAndValues.get(i)))
                    .append(": ")
                    .append(keysAndValues.get(i + 1));
        }
        return text.append('}').toString();
    }

    private static String quoted(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            switch (character) {
                case '"', '\\' -> text.append('\\').append(character);
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                default -> {
                    if (character < ' ') {
                        text.append(String.format(Locale.ROOT, "\\u%04x", (int) character));
                    } else {
                        text.append(character);
                    }
                }
            }
        }
        return text.append('"').toString();
    }
}
