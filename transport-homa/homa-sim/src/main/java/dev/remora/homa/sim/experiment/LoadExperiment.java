package dev.remora.homa.sim.experiment;

import dev.remora.homa.sim.EventQueue;
import dev.remora.homa.sim.net.Cluster;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs an {@link Experiment}: warm-up, then the messages that are measured, then as much of the same load as it takes until
 * the last of these has arrived; a run that stopped with the last one sent would leave out the slowest.
 */
public final class LoadExperiment {
    /** Samples of the backlog in the time in which the measured messages are sent. */
    private static final int SLICES = 64;
    /** How long to wait for the last messages, as a multiple of the time in which they were sent. */
    private static final double PATIENCE = 1.5;

    private static final long LEAST_PATIENCE_NS = 30_000_000;
    /** The backlog of a stable run fluctuates, but not in proportion to its length. */
    private static final double MAX_GROWTH = 0.01;
    /** Deviations of the offered bytes from their mean that a change of the backlog may be chance. */
    private static final double CHANCE = 2;

    private final Experiment experiment;
    private final UnloadedTimes unloaded;
    private final Traffic traffic;
    private final Cluster cluster;
    private final ProgressListener listener;
    private final double[] backlog = new double[SLICES];
    private int samples;

    private LoadExperiment(Experiment experiment, ProgressListener listener) {
        this.experiment = experiment;
        this.listener = listener;
        unloaded = new UnloadedTimes(experiment.net(), experiment.config());
        traffic = new Traffic(experiment, unloaded);
        cluster = new Cluster(experiment.net(), experiment.config(), experiment.seed(), traffic);
    }

    public static LoadResult run(Experiment experiment, ProgressListener listener) {
        return new LoadExperiment(experiment, listener).run();
    }

    private LoadResult run() {
        EventQueue events = cluster.events();
        long clock = System.nanoTime();
        long messages = experiment.messages();
        long warmUp = experiment.warmUpMessages();
        double all = warmUp + messages;
        long sliceNs = Math.max(1, (long) (messages / experiment.messagesPerNs() / SLICES));
        traffic.start(cluster);

        while (traffic.started() < warmUp) {
            events.runUntil(events.nowNs() + Math.max(1, sliceNs / 4));
            listener.onProgress(traffic.started() / all, "warm-up");
        }
        cluster.topology().resetStatistics();
        long startNs = events.nowNs();
        long bytesBefore = traffic.deliveredBytes();
        long sentBefore = sentWireBytes();
        while (traffic.measuredStarted() < messages) {
            events.runUntil(events.nowNs() + sliceNs);
            sample();
            listener.onProgress((warmUp + traffic.measuredStarted()) / all, "measuring");
        }
        long sentNs = events.nowNs();
        long goodBytes = traffic.deliveredBytes() - bytesBefore;
        long wireBytes = sentWireBytes() - sentBefore;
        long patienceNs = Math.max(LEAST_PATIENCE_NS, (long) (PATIENCE * (sentNs - startNs)));
        while (traffic.measuredDelivered() < messages && events.nowNs() < sentNs + patienceNs) {
            events.runUntil(events.nowNs() + Math.max(1, sliceNs / 4));
            listener.onProgress(1, "waiting for the last " + (messages - traffic.measuredDelivered()));
        }
        double seconds = (System.nanoTime() - clock) / (double) TimeUnit.SECONDS.toNanos(1);
        return result(sentNs - startNs, goodBytes, wireBytes, seconds);
    }

    private void sample() {
        if (samples < SLICES) {
            backlog[samples++] = traffic.backlogBytes();
        }
    }

    private LoadResult result(long measuredNs, long goodBytes, long wireBytes, double seconds) {
        double linkBytes = measuredNs * experiment.net().edgeGbps() / 8.0 * receivers();
        long unfinished = experiment.messages() - traffic.measuredDelivered();
        double growth = backlogGrowth(measuredNs);
        boolean stable = unfinished == 0 && growth < MAX_GROWTH + CHANCE * deviation() && traffic.refused() == 0;
        return new LoadResult(
                experiment,
                traffic.table(),
                goodBytes / linkBytes,
                wireBytes / linkBytes,
                cluster.topology().maxEdgeQueueBytes(),
                cluster.topology().maxCoreQueueBytes(),
                cluster.topology().drops(),
                unfinished,
                traffic.failed(),
                traffic.refused(),
                traffic.duplicates(),
                growth,
                stable,
                cluster.events().ran() / seconds,
                cluster.digest().packets(),
                cluster.digest().value(),
                measuredNs,
                seconds,
                unloaded.efficiency(Workload.MAX_BYTES, experiment.net().racks() == 1),
                invariant());
    }

    private int receivers() {
        return experiment.incast() ? 1 : cluster.hosts();
    }

    private long sentWireBytes() {
        long sum = 0;
        for (int i = 0; i < cluster.hosts(); i++) {
            if (!experiment.incast() || i > 0) {
                sum += cluster.host(i).nic().sentWireBytes();
            }
        }
        return sum;
    }

    /** Mean backlog of the last third of the samples less that of the first, per byte offered between their middles. */
    private double backlogGrowth(long measuredNs) {
        int third = samples / 3;
        if (third == 0) {
            return 0;
        }
        double difference = mean(samples - third, samples) - mean(0, third);
        double offered = experiment.messagesPerNs() * experiment.workload().meanBytes() * measuredNs * 2 / 3;
        return difference / offered;
    }

    /** Standard deviation of the bytes offered in that time, as part of their mean; sizes vary widely. */
    private double deviation() {
        double mean = experiment.workload().meanBytes();
        double square = experiment.workload().mean(size -> (double) size * size);
        return Math.sqrt(square / (experiment.messages() * 2 / 3.0)) / mean;
    }

    private double mean(int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += backlog[i];
        }
        return sum / (to - from);
    }

    private String invariant() {
        for (int i = 0; i < cluster.hosts(); i++) {
            @Nullable String complaint = cluster.host(i).endpoint().checkInvariants();
            if (complaint != null) {
                return "host " + i + ": " + complaint;
            }
        }
        return "";
    }
}
