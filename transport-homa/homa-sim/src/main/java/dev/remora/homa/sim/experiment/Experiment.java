package dev.remora.homa.sim.experiment;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.sim.net.NetParameters;

/**
 * What is to be simulated under load.
 *
 * @param load part of the edge links in use, as {@link LoadModel} counts it
 * @param incast all hosts send to host 0, and the load is that of its link; else everybody to everybody
 * @param messages how many are measured
 * @param warmUpMessages how many go before, so that queues fill and receivers learn the sizes
 * @param config knobs of all hosts; seeds are added per host
 */
public record Experiment(
        Workload workload,
        double load,
        NetParameters net,
        boolean incast,
        long seed,
        long messages,
        long warmUpMessages,
        HomaConfig config) {
    private static final long CUTOFF_INTERVAL_NS = 5_000_000;
    private static final long CUTOFF_MESSAGES = 1_000;
    private static final long CUTOFF_MESSAGES_LONG = 200;
    private static final int LONG_MEAN_BYTES = 200_000;
    /** About as many packets as a minute simulates. */
    private static final double DEFAULT_PACKETS = 15e6;

    private static final long LEAST_MESSAGES = 1_000;

    public Experiment {
        if (!(load > 0 && load <= 1)) {
            throw new IllegalArgumentException("load " + load + ": must be more than 0 and at most 1");
        }
        if (messages < 1 || warmUpMessages < 0) {
            throw new IllegalArgumentException("at least one message must be measured");
        }
    }

    /** An experiment with sound sizes. */
    public static Experiment of(Workload workload, double load, NetParameters net, boolean incast, long seed) {
        long forCutoffs = workload.meanBytes() > LONG_MEAN_BYTES ? CUTOFF_MESSAGES_LONG : CUTOFF_MESSAGES;
        HomaConfig config = config(net).with(Tunable.CUTOFF_MIN_MESSAGES, forCutoffs);
        int receivers = incast ? 1 : net.hosts();
        Experiment draft = new Experiment(workload, load, net, incast, seed, 1, 0, config);
        long messages = (long) (DEFAULT_PACKETS / draft.model().packetsPerMessage());
        // Each receiver must have seen enough, and the evaluation comes up to an interval later.
        double perInterval = draft.model().messagesPerNs(load) * receivers * CUTOFF_INTERVAL_NS;
        long warmUp = (long) (1.3 * forCutoffs * receivers + 2 * perInterval);
        return new Experiment(workload, load, net, incast, seed, Math.max(LEAST_MESSAGES, messages), warmUp, config);
    }

    /** Knobs for a network: its rate and round trip, no segmentation in the card, cutoffs soon. */
    public static HomaConfig config(NetParameters net) {
        return HomaConfig.standard()
                .with(Tunable.LINK_MBPS, net.edgeGbps() * 1_000L)
                .with(Tunable.INITIAL_RTT_NS, net.roundTripNs())
                .with(Tunable.MAX_GSO_SIZE, 0)
                .with(Tunable.QUARANTINE_NS, 0)
                // Simulated time has no jitter that a queue in the card would have to hide.
                .with(Tunable.MAX_NIC_BACKLOG_NS, 0)
                .with(Tunable.MAX_LINK_USAGE, 100)
                .with(Tunable.CUTOFF_INTERVAL_NS, CUTOFF_INTERVAL_NS);
    }

    public Experiment withMessages(long measured) {
        return new Experiment(workload, load, net, incast, seed, measured, warmUpMessages, config);
    }

    public Experiment withWarmUp(long warmUp) {
        return new Experiment(workload, load, net, incast, seed, messages, warmUp, config);
    }

    public Experiment withLoad(double newLoad) {
        return new Experiment(workload, newLoad, net, incast, seed, messages, warmUpMessages, config);
    }

    public Experiment withConfig(HomaConfig newConfig) {
        return new Experiment(workload, load, net, incast, seed, messages, warmUpMessages, newConfig);
    }

    LoadModel model() {
        int unscheduled = (int) Math.min(config.get(Tunable.UNSCHED_BYTES), net.roundTripNs() * net.edgeGbps() / 8);
        return new LoadModel(
                workload, net, unscheduled, config.get(Tunable.ACK_FLUSH_NS), incast ? 1 : net.hosts() - 1);
    }

    /** Messages of all hosts together in a nanosecond. */
    double messagesPerNs() {
        return model().messagesPerNs(load) * (incast ? 1 : net.hosts());
    }
}
