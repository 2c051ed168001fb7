package dev.remora.homa.sim.experiment;

/** Finds the highest load that stays stable, by halving the interval in which it lies. */
public final class HighestLoad {
    private static final double LEAST = 0.3;
    private static final double MOST = 1.0;
    private static final double RESOLUTION = 0.01;

    private HighestLoad() {}

    /**
     * @return the highest load found stable, 0 when not even the least one tried was
     */
    public static double find(Experiment experiment, ProgressListener listener) {
        double stable = 0;
        double low = LEAST;
        double high = MOST;
        double tried = experiment.load();
        while (high - low > RESOLUTION) {
            double load = tried;
            LoadResult result = LoadExperiment.run(
                    experiment.withLoad(load),
                    (fraction, phase) -> listener.onProgress(fraction, "load %.3f: %s".formatted(load, phase)));
            if (result.stable()) {
                stable = Math.max(stable, load);
                low = load;
            } else {
                high = load;
            }
            tried = (low + high) / 2;
        }
        return stable;
    }
}
