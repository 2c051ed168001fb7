package dev.remora.homa.sim.experiment;

/** Learns how far a simulation is. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * @param fraction done, 0 to 1
     * @param phase what is going on
     */
    void onProgress(double fraction, String phase);
}
