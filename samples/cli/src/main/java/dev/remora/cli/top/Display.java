package dev.remora.cli.top;

import java.io.Console;
import java.io.PrintWriter;
import java.util.List;

/** Frames on a terminal, each in the place of the one before; elsewhere one after the other. One thread at a time. */
final class Display {
    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
    private static final String CLEAR_TO_END = "\u001b[J";
    // A line that wrapped would take two rows, and the next frame would begin too low.
    private static final String CUT_LONG_LINES = "\u001b[?7l";
    private static final String WRAP_LONG_LINES = "\u001b[?7h";

    private final PrintWriter out;
    private final boolean terminal;
    private int linesToReplace;

    Display(PrintWriter out, boolean terminal) {
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

    void frame(List<String> lines) {
        StringBuilder text = new StringBuilder();
        if (terminal) {
            text.append(CUT_LONG_LINES);
            if (linesToReplace > 0) {
                text.append(String.format(UP, linesToReplace));
            }
        }
        for (String line : lines) {
            text.append(line).append(terminal ? CLEAR_TO_END_OF_LINE : "").append('\n');
        }
        if (terminal) {
            text.append(CLEAR_TO_END).append(WRAP_LONG_LINES);
        } else {
            text.append('\n');
        }
        out.print(text);
        out.flush();
        linesToReplace = lines.size();
    }
}
