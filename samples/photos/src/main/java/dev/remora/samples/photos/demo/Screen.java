package dev.remora.samples.photos.demo;

import java.io.Console;
import java.io.PrintWriter;
import java.util.List;

/** Where the demo prints: a terminal whose last lines are replaced, or a plain stream of lines. One thread at a time. */
final class Screen {
    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
    private static final String CLEAR_TO_END = "\u001b[J";

    private final PrintWriter out;
    private final boolean terminal;
    private int linesToReplace;

    Screen(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Whether standard output is a terminal that understands control sequences. */
    static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    boolean terminal() {
        return terminal;
    }

    /** A line that stays. */
    void print(String line) {
        eraseFrame();
        out.println(line);
        out.flush();
    }

    /** Lines that the next frame replaces; without a terminal they stay. */
    void frame(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (terminal && linesToReplace > 0) {
            text.append(String.format(UP, linesToReplace));
        }
        for (String line : lines) {
            text.append(line).append(terminal ? CLEAR_TO_END_OF_LINE : "").append('\n');
        }
        out.print(text);
        out.flush();
        linesToReplace = lines.size();
    }

    private void eraseFrame() {
        if (terminal && linesToReplace > 0) {
            out.print(String.format(UP, linesToReplace) + CLEAR_TO_END);
        }
        linesToReplace = 0;
    }
}
