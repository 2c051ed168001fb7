package dev.remora.bench.ab.child;

import dev.remora.bench.load.LoadPlan;
import dev.remora.bench.load.SizeBins;
import dev.remora.bench.load.SizeDistribution;
import java.nio.file.Path;

/**
 * A load for one client, as it goes to its process.
 *
 * @param sizes {@code w1} to {@code w5}, {@code fixed:BYTES} or a file
 * @param cutBytes largest size; larger ones are replaced by it
 * @param each one size of each bin of the distribution, all equally frequent
 * @param callsPerSecond of all clients together; ignored in closed loop
 * @param client which of them this is, from 0
 * @param together clients call at the same moments
 * @param outstanding calls under way in closed loop; 0 = open loop
 * @param startEpochNs when all begin; 0 = at once
 */
public record ClientOrder(
        String sizes,
        int cutBytes,
        boolean each,
        double callsPerSecond,
        long seed,
        int client,
        int clients,
        boolean together,
        int targets,
        long startEpochNs,
        double warmUpSeconds,
        double seconds,
        int maxOutstanding,
        int responseBytes,
        int outstanding) {
    private static final String FIXED = "fixed:";
    private static final double NS = 1e9;

    /**
     * Reads the name of a distribution.
     *
     * @throws IllegalArgumentException that says what is wrong
     */
    public static SizeDistribution distribution(String sizes, int cutBytes) {
        if (SizeDistribution.WORKLOADS.contains(sizes)) {
            return SizeDistribution.workload(sizes).cutAt(cutBytes);
        }
        if (sizes.startsWith(FIXED)) {
            try {
                return SizeDistribution.fixed(Integer.parseInt(sizes.substring(FIXED.length())))
                        .cutAt(cutBytes);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + sizes + "': after fixed: comes a number of bytes", e);
            }
        }
        return SizeDistribution.read(Path.of(sizes)).cutAt(cutBytes);
    }

    LoadPlan plan() {
        SizeDistribution distribution = distribution(sizes, cutBytes);
        LoadPlan all = new LoadPlan(
                each ? SizeBins.of(distribution).oneOfEach() : distribution,
                outstanding > 0 ? 0 : together ? callsPerSecond / clients : callsPerSecond,
                seed,
                targets,
                startEpochNs,
                (long) (warmUpSeconds * NS),
                (long) (seconds * NS),
                maxOutstanding,
                responseBytes);
        return together ? all : all.part(client, clients);
    }
}
