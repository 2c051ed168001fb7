package dev.remora.bench.hedge;

import java.util.List;
import java.util.Locale;

/**
 * What one policy did.
 *
 * @param hedgedShare hedges per call
 * @param wonShare calls whose answer was a hedge's, per call
 * @param deniedShare hedges that the budget did not allow, per call
 */
record HedgeResult(
        String policy,
        long calls,
        long failures,
        double p50Ms,
        double p95Ms,
        double p99Ms,
        double p999Ms,
        double hedgedShare,
        double wonShare,
        double deniedShare) {
    /** As a table of Markdown. */
    static String table(List<HedgeResult> results) {
        StringBuilder out = new StringBuilder(
                "| policy | calls | failed | p50 ms | p95 ms | p99 ms | p99.9 ms | hedges per call | won | denied |\n"
                        + "|---|---|---|---|---|---|---|---|---|---|\n");
        for (HedgeResult r : results) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %.2f | %.2f | %.2f | %.2f | %.1f %% | %.1f %% | %.1f %% |%n",
                    r.policy,
                    r.calls,
                    r.failures,
                    r.p50Ms,
                    r.p95Ms,
                    r.p99Ms,
                    r.p999Ms,
                    100 * r.hedgedShare,
                    100 * r.wonShare,
                    100 * r.deniedShare));
        }
        return out.toString();
    }
}
