package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.Tunable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that happens in one run. {@link #of} derives it from one number; a shrinker changes parts of it.
 *
 * @param shards endpoints of each host
 * @param driftPpm how far clocks run fast or slow at most
 * @param bufferBytes memory for arriving messages of each host
 * @param upNs how long the processes have been running when the first request begins
 * @param knobs tunables that differ from their defaults
 */
public record FaultPlan(
        long seed,
        int hosts,
        int shards,
        Traffic traffic,
        Network network,
        int driftPpm,
        long bufferBytes,
        long upNs,
        List<Incident> incidents,
        Map<Tunable, Long> knobs) {
    static final long AMPLE_BUFFER_BYTES = 1L << 26;

    public FaultPlan {
        incidents = List.copyOf(incidents);
        EnumMap<Tunable, Long> ordered = new EnumMap<>(Tunable.class);
        ordered.putAll(knobs);
        knobs = Collections.unmodifiableMap(ordered);
    }

    public static FaultPlan of(long seed) {
        return new PlanMaker(seed).make();
    }

    HomaConfig config() {
        HomaConfig config = HomaConfig.standard();
        for (Map.Entry<Tunable, Long> knob : knobs.entrySet()) {
            config = config.with(knob.getKey(), knob.getValue());
        }
        return config;
    }

    long knob(Tunable knob) {
        Long value = knobs.get(knob);
        return value != null ? value : knob.standard();
    }

    /** When the network heals: no more losses, delays or incidents from here on. */
    long healNs() {
        long end = traffic.spanNs() * 3 / 2;
        for (Incident incident : incidents) {
            end = Math.max(end, Math.max(incident.fromNs(), incident.toNs()));
        }
        return end + 1_000_000;
    }

    /** Whether packets that no checksum caught reach the hosts: then contents prove nothing. */
    boolean unchecked() {
        return network.corruptPermille() > 0 && network.manglePermille() > 0;
    }

    boolean has(FaultKind kind) {
        return incidents.stream().anyMatch(incident -> incident.kind() == kind);
    }

    /** Whether the conditions of at-most-once hold: the memory of ended RPCs outlives every packet. */
    boolean atMostOnce() {
        long tickNs = knob(Tunable.TICK_NS);
        long lifeNs = network.longestLifeNs() + 2_000_000;
        for (Incident incident : incidents) {
            lifeNs += switch (incident.kind()) {
                case PAUSE -> incident.toNs() - incident.fromNs();
                case CLOCK_JUMP -> incident.amountNs();
                default -> 0;
            };
        }
        // A client that is still asking when the server gives up would start the request anew.
        long patienceNs = (knob(Tunable.TIMEOUT_TICKS) + 10) * tickNs + lifeNs;
        // So would one whose request the server's application has dropped, once the server has forgotten that.
        long dropsNs = traffic.serverAbortPermille() == 0 ? 0 : patienceNs;
        return !unchecked()
                && !has(FaultKind.CLOCK_BACK)
                && knob(Tunable.TOMBSTONE_NS) > Math.max(2 * lifeNs, dropsNs)
                && knob(Tunable.MAX_TOMBSTONES) > 2L * traffic.rpcs()
                && knob(Tunable.NEED_ACK_GIVE_UP_TICKS) * tickNs > patienceNs;
    }

    FaultPlan withTraffic(Traffic changed) {
        return new FaultPlan(seed, hosts, shards, changed, network, driftPpm, bufferBytes, upNs, incidents, knobs);
    }

    FaultPlan withNetwork(Network changed) {
        return new FaultPlan(seed, hosts, shards, traffic, changed, driftPpm, bufferBytes, upNs, incidents, knobs);
    }

    FaultPlan withHosts(int fewer) {
        List<Incident> kept = incidents.stream()
                .filter(incident -> incident.host() < fewer && incident.other() < fewer)
                .toList();
        return new FaultPlan(seed, fewer, shards, traffic, network, driftPpm, bufferBytes, upNs, kept, knobs);
    }

    FaultPlan withShards(int number) {
        return new FaultPlan(seed, hosts, number, traffic, network, driftPpm, bufferBytes, upNs, incidents, knobs);
    }

    FaultPlan withDrift(int ppm) {
        return new FaultPlan(seed, hosts, shards, traffic, network, ppm, bufferBytes, upNs, incidents, knobs);
    }

    FaultPlan withBufferBytes(long bytes) {
        return new FaultPlan(seed, hosts, shards, traffic, network, driftPpm, bytes, upNs, incidents, knobs);
    }

    FaultPlan withoutIncident(int index) {
        List<Incident> kept = new ArrayList<>(incidents);
        kept.remove(index);
        return new FaultPlan(seed, hosts, shards, traffic, network, driftPpm, bufferBytes, upNs, kept, knobs);
    }

    FaultPlan with(Incident incident) {
        List<Incident> more = new ArrayList<>(incidents);
        more.add(incident);
        return new FaultPlan(seed, hosts, shards, traffic, network, driftPpm, bufferBytes, upNs, more, knobs);
    }

    FaultPlan with(Tunable knob, long value) {
        EnumMap<Tunable, Long> changed = new EnumMap<>(Tunable.class);
        changed.putAll(knobs);
        changed.put(knob, value);
        return new FaultPlan(seed, hosts, shards, traffic, network, driftPpm, bufferBytes, upNs, incidents, changed);
    }

    FaultPlan without(Tunable knob) {
        EnumMap<Tunable, Long> changed = new EnumMap<>(Tunable.class);
        changed.putAll(knobs);
        changed.remove(knob);
        return new FaultPlan(seed, hosts, shards, traffic, network, driftPpm, bufferBytes, upNs, incidents, changed);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(600);
        text.append("seed ")
                .append(seed)
                .append(", ")
                .append(hosts)
                .append(" hosts, ")
                .append(shards)
                .append(" shards each, drift ")
                .append(driftPpm);
        text.append(" ppm, buffers ").append(bufferBytes);
        text.append(", up ").append(upNs).append(" ns\n");
        text.append("  ").append(traffic).append('\n').append("  ").append(network);
        for (Incident incident : incidents) {
            text.append("\n  ").append(incident);
        }
        return text.append("\n  knobs ").append(knobs).toString();
    }
}
