package dev.remora.bench.report;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Tells how far a long measurement is: on a terminal in one line that is written anew, elsewhere in a line per step, so that a log
 * stays readable. May be used by several threads.
 */
public final class Progress implements AutoCloseable {
    private static final int BAR = 24;
    private static final int LEAST_WIDTH = 40;

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private String written = "";
    private int writtenStep = -1;

    /**
     * @param out not closed
     * @param terminal whether a line can be written anew
     * @param width columns of the terminal
     */
    public Progress(PrintStream out, boolean terminal, int width) {
        this.out = out;
        this.terminal = terminal;
        this.width = Math.max(LEAST_WIDTH, width);
    }

    /** On standard error, which leaves standard output to the result. */
    public static Progress onStandardError() {
        return new Progress(
                System.err, System.console() != null && System.console().isTerminal(), 79);
    }

    /**
     * Shows a step. On a terminal it may be called as often as one likes; elsewhere a line appears when the step is another one.
     *
     * @param step that runs now, from 0
     * @param steps in all, at least 1
     * @param secondsLeft until all are done; NaN or negative: not known
     */
    public synchronized void show(int step, int steps, String what, double secondsLeft) {
        if (steps < 1 || step < 0 || step > steps) {
            throw new IllegalArgumentException("step " + step + " of " + steps);
        }
        String text = text(step, steps, what, secondsLeft);
        if (terminal) {
            if (!text.equals(written)) {
                out.print("\r" + TextLines.fitted(text, width));
                out.flush();
                written = text;
            }
        } else if (step != writtenStep) {
            out.println(text);
            writtenStep = step;
        }
    }

    private String text(int step, int steps, String what, double secondsLeft) {
        int full = (int) ((long) BAR * step / steps);
        String bar = terminal ? "█".repeat(full) + "░".repeat(BAR - full) + " " : "";
        String left = secondsLeft >= 0 && Double.isFinite(secondsLeft) ? ", " + duration(secondsLeft) + " left" : "";
        return bar + (Math.min(step, steps - 1) + 1) + "/" + steps + " " + what + left;
    }

    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        long minutes = Math.round(seconds / 60);
        return minutes < 60
                ? minutes + " min"
                : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
    }

    /** A line of its own, with the bar below it again when the next step is shown. */
    public synchronized void say(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** Leaves the terminal's line empty. */
    @Override
    public synchronized void close() {
        clear();
    }

    private void clear() {
        if (terminal && !written.isEmpty()) {
            out.print("\r" + " ".repeat(width) + "\r");
            out.flush();
            written = "";
        }
    }
}
