package dev.remora.cli.top;

import java.util.ArrayList;
import java.util.List;

/** Lines with a name at the left, figures in right-aligned columns, and room for words at the end. */
final class Table {
    static final int NAME_WIDTH = 30;
    private static final int GAP = 2;

    private final int[] widths;
    private final List<String> lines = new ArrayList<>();

    /** @param columns their titles, which are as wide as the figures may be */
    Table(String name, List<String> columns, String words) {
        widths = columns.stream().mapToInt(String::length).toArray();
        row(name, columns, words);
    }

    /** A row; figures that are too wide push the rest to the right. */
    void row(String name, List<String> figures, String words) {
        StringBuilder line = new StringBuilder(Figures.text(name, NAME_WIDTH));
        line.repeat(" ", NAME_WIDTH - line.length());
        for (int i = 0; i < figures.size(); i++) {
            String figure = figures.get(i);
            line.repeat(" ", GAP + Math.max(0, widths[i] - figure.length())).append(figure);
        }
        if (!words.isEmpty()) {
            line.repeat(" ", GAP).append(words);
        }
        lines.add(line.toString().stripTrailing());
    }

    /** A row of words alone. */
    void words(String name, String words) {
        row(name, List.of(), Figures.text(words, 120));
    }

    List<String> lines() {
        return lines;
    }
}
