package dev.remora.bench.ab;

import dev.remora.bench.ab.result.Group;
import dev.remora.bench.load.LoadTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/** Why a run's figures may not be quoted. */
final class Validity {
    private static final double MAX_STEAL_PERCENT = 2;
    private static final double MAX_FOREIGN_PERCENT = 10;
    private static final double MIN_IDLE_PERCENT = 15;
    /** What a remedy aims at: enough below the limit for another machine's mood. */
    private static final double GOOD_IDLE_PERCENT = 40;

    private static final double MAX_LAG_US = 3_000;
    /** Of what is quoted, which contains it: what is that little changes no ratio by much. */
    private static final double MAX_LAG_SHARE = 0.05;

    private static final double MAX_LOST = 0.001;

    private Validity() {}

    /**
     * Whole sentences; none for a valid run.
     *
     * @param linkMbps rate of each link, 0 without links
     * @param shortest the shorter half of the messages
     */
    static List<String> reasons(RawRun run, boolean openLoop, int linkMbps, Group shortest) {
        List<String> reasons = disturbances(run.stealPercent(), run.foreignPercent());
        LoadTotals totals = run.load().totals();
        if (openLoop) {
            if (run.idlePercent() < MIN_IDLE_PERCENT) {
                reasons.add(text(
                        "Only %.0f %% of the machine were idle, less than 15 %%: the CPU was the limit, not the link. %s",
                        run.idlePercent(), remedy(run.idlePercent(), linkMbps)));
            }
            reasons.addAll(lateness(run.load()::lagUs, shortest));
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
     * A sentence if the generator may have made the result; none for lateness that is little in itself, or beside each quantile that
     * is quoted. Each for itself: lateness that is little beside a tail may be most of a median, and the other way round.
     *
     * @param lagUs quantile to how late calls began
     */
    static List<String> lateness(DoubleUnaryOperator lagUs, Group shortest) {
        double lagP99Us = lagUs.applyAsDouble(0.99);
        if (lagP99Us <= MAX_LAG_US) {
            return List.of();
        }
        return Stream.of(
                        beside("P50", lagUs.applyAsDouble(0.5), shortest.p50Us()),
                        beside("P99", lagP99Us, shortest.p99Us()),
                        beside("P99.9", lagUs.applyAsDouble(0.999), shortest.p999Us()))
                .flatMap(Optional::stream)
                .map(much -> text(
                        "One call in a hundred began more than %.1f ms late, more than 3 ms%s.",
                        lagP99Us / 1_000, much))
                .limit(1)
                .toList();
    }

    private static Optional<String> beside(String quantile, double lagUs, double quotedUs) {
        if (lagUs <= MAX_LAG_SHARE * quotedUs) {
            return Optional.empty();
        }
        return Optional.of(
                quotedUs > 0
                        ? text(
                                "; at %s lateness is %.1f ms, more than 5 %% of the %.1f ms of short messages",
                                quantile, lagUs / 1_000, quotedUs / 1_000)
                        : "");
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
