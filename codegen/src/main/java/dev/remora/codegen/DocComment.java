package dev.remora.codegen;

import com.palantir.javapoet.CodeBlock;
import java.util.ArrayList;
import java.util.List;

/** Turns a comment of a .proto into the text of a Javadoc comment. */
final class DocComment {
    private DocComment() {}

    /** Empty if the comment is blank. */
    static CodeBlock of(String comment) {
        List<String> lines = new ArrayList<>();
        boolean gap = false;
        for (String raw : comment.split("\\R", -1)) {
            String line = escape(raw.strip());
            if (line.isEmpty()) {
                gap = !lines.isEmpty();
            } else {
                lines.add(gap ? "<p>" + line : line);
                gap = false;
            }
        }
        return lines.isEmpty() ? CodeBlock.of("") : CodeBlock.of("$L\n", String.join("\n", lines));
    }

    /** The end of a comment, tags, markup and, as javac reads them even in comments, unicode escapes become harmless. */
    private static String escape(String line) {
        StringBuilder text = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '@' -> text.append("&#64;");
                case '\\' -> text.append("&#92;");
                case '/' -> text.append(i > 0 && line.charAt(i - 1) == '*' ? "&#47;" : "/");
                case '*' -> text.append(i > 0 && line.charAt(i - 1) == '/' ? "&#42;" : "*");
                default -> text.append(Character.isISOControl(c) && c != '\t' ? ' ' : c);
            }
        }
        return text.toString();
    }
}
