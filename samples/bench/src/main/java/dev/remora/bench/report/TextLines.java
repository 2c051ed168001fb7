package dev.remora.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Text for a window of so many columns. */
final class TextLines {
    private TextLines() {}

    /** Broken between words, each line with the indent before it; a word longer than a line gets one of its own. */
    static List<String> wrapped(String text, int width, String indent) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            if (!line.isEmpty() && indent.length() + line.length() + 1 + word.length() > width) {
                lines.add(indent + line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(indent + line);
        return lines;
    }

    /** To a width, cut with an ellipsis where it is longer. */
    static String fitted(String text, int width) {
        return text.length() <= width
                ? text + " ".repeat(width - text.length())
                : text.substring(0, Math.max(0, width - 1)) + "…";
    }
}
