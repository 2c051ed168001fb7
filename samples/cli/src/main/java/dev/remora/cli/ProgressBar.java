package dev.remora.cli;

import dev.remora.homa.sim.experiment.ProgressListener;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A bar that fills on one line of a terminal; nothing at all where there is none, for a log has no use for it. */
final class ProgressBar implements ProgressListener, AutoCloseable {
    private static final int BAR = 30;
    private static final int WIDTH = 90;
    private static final long REDRAW_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PrintWriter err;
    private final boolean terminal;
    private final long startNs = System.nanoTime();
    private long drawnNs = startNs;
    private boolean drawn;

    ProgressBar(PrintWriter err) {
        this(err, System.console() != null && System.console().isTerminal());
    }

    ProgressBar(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void onProgress(double fraction, String phase) {
        long now = System.nanoTime();
        if (!terminal || now - drawnNs < REDRAW_NS) {
            return;
        }
        drawnNs = now;
        drawn = true;
        err.print("\r" + line(fraction, phase, (now - startNs) / (double) TimeUnit.SECONDS.toNanos(1)));
        err.flush();
    }

    static String line(double fraction, String phase, double seconds) {
        int full = Math.clamp(Math.round(fraction * BAR), 0, BAR);
        String left = fraction > 0.02 && fraction < 1
                ? String.format(Locale.ROOT, ", %.0f s left", seconds / fraction - seconds)
                : "";
        String text = String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %% %s%s",
                "#".repeat(full),
                ".".repeat(BAR - full),
                100 * fraction,
                phase,
                left);
        return String.format(Locale.ROOT, "%-" + WIDTH + "s", text.substring(0, Math.min(WIDTH, text.length())));
    }

    /** Leaves the line empty. */
    @Override
    public void close() {
        if (drawn) {
            err.print("\r" + " ".repeat(WIDTH) + "\r");
            err.flush();
        }
    }
}
