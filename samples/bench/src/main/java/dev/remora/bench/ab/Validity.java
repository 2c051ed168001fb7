package dev.remora.bench.ab;

import dev.remora.bench.load.LoadTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Why a run's figures may not be quoted. */
final class Validity {
    private static final double MAX_STEAL_PERCENT = 2;
    private static final double MAX_FOREIGN_PERCENT = 10;
    private static final double MIN_IDLE_PERCENT = 15;
    /** What a remedy aims at: enough below the limit for another machine's mood. */
    private static final double GOOD_IDLE_PERCENT = 40;

    private static final double MAX_LAG_US = 3_000;
    /** Of the tail that is quoted: lateness of this share of it can change no ratio by more. */
    private static final double MAX_LAG_OF_TAIL = 0.05;

    private static final double MAX_LOST = 0.001;

    private Validity() {}

    /**
     * Whole sentences; none for a valid run.
     *
     * @param linkMbps rate of each link, 0 without links
     * @param shortP99Us P99 of the shortest half of the messages
     */
    static List<String> reasons(RawRun run, boolean openLoop, int linkMbps, double shortP99Us) {
        List<String> reasons = disturbances(run.stealPercent(), run.foreignPercent());
        LoadTotals totals = run.load().totals();
        if (openLoop) {
            if (run.idlePercent() < MIN_IDLE_PERCENT) {
                reasons.add(text(
                        "Only %.0f %% of the machine were idle, less than 15 %%: the CPU was the limit, not the link. %s",
                        run.idlePercent(), remedy(run.idlePercent(), linkMbps)));
            }
            reasons.addAll(lateness(run.load().lagUs(0.99), shortP99Us));
            if (totals.delayed() > MAX_LOST * totals.due()) {
                reasons.add(text(
                        "%.2f %% of the calls had to wait, as too many were under way: the transport did not keep up.",
                        100.0 * totals.delayed() / totals.due()));
            }
        }
        if (totals.failures() + totals.unfinished() > MAX_LOST * Math.max(1, totals.due())) {
            String first = run.load().failureMessages().isEmpty()
                    ? ""
                    : ": " + run.load().failureMessages().getFirst();
            reasons.add(totals.failures() + " calls failed and " + totals.unfinished() + " of " + totals.due()
                    + " did not end" + first + ".");
        }
        if (totals.due() == 0) {
            reasons.add("There was no call.");
        }
        return reasons;
    }

    /**
     * A sentence if the generator may have made the result; none for lateness that is little in itself, or beside what is quoted,
     * which contains it.
     */
    static List<String> lateness(double lagP99Us, double shortP99Us) {
        boolean little = lagP99Us <= MAX_LAG_US || lagP99Us <= MAX_LAG_OF_TAIL * shortP99Us;
        return little
                ? List.of()
                : List.of(text(
                        "One call in a hundred began more than %.1f ms late: more than 3 ms, and than 5 %% of the %.1f ms that"
                                + " one short message in a hundred took.",
                        lagP99Us / 1_000, shortP99Us / 1_000));
    }

    /** Those that say nothing about what was measured: others used the machine. */
    static List<String> disturbances(double stealPercent, double foreignPercent) {
        List<String> reasons = new ArrayList<>();
        if (stealPercent > MAX_STEAL_PERCENT) {
            reasons.add(text("The hypervisor took %.1f %% of the machine, more than 2 %%.", stealPercent));
        }
        if (foreignPercent > MAX_FOREIGN_PERCENT) {
            reasons.add(text("Others used %.0f %% of the machine, more than 10 %%.", foreignPercent));
        }
        return reasons;
    }

    /** The rate at which enough of the machine would be idle, if CPU goes with calls; less than that where it was not enough. */
    static String remedy(double idlePercent, int linkMbps) {
        if (linkMbps == 0) {
            return "Give a lower --load.";
        }
        int mbps = (int) (linkMbps * (100 - GOOD_IDLE_PERCENT) / (100 - idlePercent));
        int step = mbps >= 100 ? 10 : mbps >= 20 ? 5 : 1;
        return "Give slower links: --rate " + Math.max(1, mbps / step * step) + "mbit.";
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
