package dev.remora.bench.echo;

import dev.remora.bench.process.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes rows of measurements: medians over rounds, ratios between what was measured in the same round. */
final class Rows {
    private final List<Measurement> measurements;
    private final String baseline;

    private Rows(List<Measurement> measurements, String baseline) {
        this.measurements = measurements;
        this.baseline = baseline;
    }

    /** In the order of cases, then of contenders. Combinations without a measurement have no row. */
    static List<Row> of(
            List<Measurement> measurements, List<EchoCase> cases, List<String> contenders, String baseline) {
        Rows rows = new Rows(measurements, baseline);
        List<Row> all = new ArrayList<>();
        for (EchoCase point : cases) {
            for (String contender : contenders) {
                List<Measurement> rounds = rows.of(contender, point);
                if (!rounds.isEmpty()) {
                    all.add(rows.row(contender, point, rounds));
                }
            }
        }
        return all;
    }

    private List<Measurement> of(String contender, EchoCase point) {
        return measurements.stream()
                .filter(m -> m.contender().equals(contender) && m.point().equals(point))
                .toList();
    }

    private Row row(String contender, EchoCase point, List<Measurement> rounds) {
        List<Measurement> used = sound(rounds);
        Map<Integer, Measurement> base = new HashMap<>();
        sound(of(baseline, point)).forEach(m -> base.put(m.round(), m));
        Map<Metric, Spread> values = new EnumMap<>(Metric.class);
        Map<Metric, Spread> ratios = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            values.put(metric, Spread.of(used.stream().map(metric::of).toList()));
            List<Double> ratio = new ArrayList<>();
            for (Measurement m : used) {
                Measurement against = base.get(m.round());
                if (against != null && metric.of(against) > 0) {
                    ratio.add(metric.of(m) / metric.of(against));
                }
            }
            if (!ratio.isEmpty()) {
                ratios.put(metric, Spread.of(ratio));
            }
        }
        int flagged = (int) rounds.stream().filter(Measurement::flagged).count();
        return new Row(contender, point, values, ratios, used.size(), flagged, flagged == rounds.size());
    }

    /** Those that were not flagged; all, if there are no others. */
    private static List<Measurement> sound(List<Measurement> rounds) {
        List<Measurement> sound = rounds.stream().filter(m -> !m.flagged()).toList();
        return sound.isEmpty() ? rounds : sound;
    }
}
