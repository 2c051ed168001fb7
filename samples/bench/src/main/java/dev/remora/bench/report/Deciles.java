package dev.remora.bench.report;

import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.result.SizeBin;
import java.util.List;

/** Ten values that stand for all sizes: of the size in the middle of each tenth of the messages. */
final class Deciles {
    private static final int TENTHS = 10;

    private Deciles() {}

    /** Medians over the valid runs, or over all if none is; NaN where nothing was measured. */
    static double[] slowdownP99(List<RunResult> runs) {
        List<RunResult> used = runs.stream().anyMatch(RunResult::valid)
                ? runs.stream().filter(RunResult::valid).toList()
                : runs;
        double[] values = new double[TENTHS];
        for (int i = 0; i < TENTHS; i++) {
            double middle = (i + 0.5) / TENTHS;
            double[] sorted = used.stream()
                    .mapToDouble(run -> slowdownP99(run, middle))
                    .filter(Double::isFinite)
                    .sorted()
                    .toArray();
            values[i] = sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) / 2];
        }
        return values;
    }

    private static double slowdownP99(RunResult run, double fraction) {
        return run.sizes().stream()
                .filter(bin -> bin.count() > 0 && bin.fromFraction() <= fraction && fraction < bin.toFraction())
                .mapToDouble(SizeBin::slowdownP99)
                .findFirst()
                .orElse(Double.NaN);
    }
}
