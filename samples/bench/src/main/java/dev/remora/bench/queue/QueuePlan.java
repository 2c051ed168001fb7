package dev.remora.bench.queue;

import dev.remora.bench.load.SizeDistribution;
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;

/**
 * One server and the calls it gets.
 *
 * @param order as {@code remora.server.queue.order} has it
 * @param places calls in progress
 * @param maxWaiting calls that wait
 * @param load work that comes, as a part of what all places together can do
 * @param timeoutMs deadline of each call, 0 for none
 */
record QueuePlan(
        String order,
        int places,
        int maxWaiting,
        SizeDistribution sizes,
        WorkModel work,
        double load,
        long timeoutMs,
        long seed) {
    /** The default of other measurements that have as many sizes. */
    static final int MAX_BYTES = 1_000_000;

    double callsPerSecond() {
        return load * places / (work.ns(sizes.meanBytes()) / 1e9);
    }

    /** What the server is configured with. */
    DefaultValues settings() {
        return DefaultValues.of(ServerSettings.ALL)
                .with(ServerSettings.MAX_CONCURRENT_CALLS, (long) places)
                .with(AdmissionSettings.QUEUE_MAX_CALLS, (long) maxWaiting)
                .with(AdmissionSettings.QUEUE_MAX_WAIT, 0L)
                .with(AdmissionSettings.QUEUE_ORDER, order);
    }
}
