package dev.remora.bench.echo;

import dev.remora.bench.process.Spread;
import java.util.Map;

/**
 * One contender in one case, over all rounds.
 *
 * @param ratios to the baseline of the same round; empty if the baseline has no such case
 * @param rounds that the values are made of
 * @param flagged rounds that were flagged; they are left out of the values unless all were flagged
 * @param doubtful whether all were flagged, so that the values come from those
 */
record Row(
        String name,
        EchoCase point,
        Map<Metric, Spread> values,
        Map<Metric, Spread> ratios,
        int rounds,
        int flagged,
        boolean doubtful) {
    Row {
        values = Map.copyOf(values);
        ratios = Map.copyOf(ratios);
    }
}
