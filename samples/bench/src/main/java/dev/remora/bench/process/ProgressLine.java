package dev.remora.bench.process;

import java.io.PrintStream;

/** One line on standard error that tells what runs now: rewritten on a terminal, one after the other in a file. */
public final class ProgressLine {
    private static final int WIDTH = 72;

    private final PrintStream err = System.err;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();

    public void show(String text) {
        if (terminal) {
            err.printf("\r%-" + WIDTH + "s", text);
            err.flush();
        } else {
            err.println(text);
        }
    }

    public void clear() {
        if (terminal) {
            err.printf("\r%-" + WIDTH + "s\r", "");
            err.flush();
        }
    }
}
