package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.Tunable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes a plan out of a seed. Each kind of fault is off in most plans, so that plans with few kinds, whose failures are
 * easy to understand, are as frequent as plans with many.
 */
final class PlanMaker {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final long seed;
    private final SplittableRandom random;
    private final Map<Tunable, Long> knobs = new EnumMap<>(Tunable.class);

    PlanMaker(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed ^ 0x9E3779B97F4A7C15L);
    }

    FaultPlan make() {
        int hosts = 2 + Math.min(random.nextInt(4), random.nextInt(4));
        Traffic traffic = traffic();
        Network network = network();
        int driftPpm = chance(25) ? random.nextInt(1, 2_000) : 0;
        long bufferBytes = FaultPlan.AMPLE_BUFFER_BYTES;
        if (chance(20)) {
            // Always room for the largest message alone, or nothing could ever end.
            long largest = Math.max(4_096, Long.highestOneBit(2L * traffic.maxBytes()));
            bufferBytes = largest + random.nextLong(0, 2 * largest);
        }
        List<Incident> incidents = incidents(hosts, traffic.spanNs());
        if (chance(70)) {
            knobs();
        }
        if (chance(25)) {
            tinyTables();
        }
        if (traffic.serverAbortPermille() > 0) {
            // A server that drops a request and forgets it before its client has given up is asked again, and drops it
            // again, without end.
            knobs.remove(Tunable.TOMBSTONE_NS);
            knobs.remove(Tunable.MAX_TOMBSTONES);
            knobs.remove(Tunable.TIMEOUT_TICKS);
            knobs.remove(Tunable.TICK_NS);
        }
        // Mostly the quarantine is over, or requests sent again would hardly ever count.
        long quarantineNs = knobs.getOrDefault(Tunable.QUARANTINE_NS, Tunable.QUARANTINE_NS.standard());
        long upNs = chance(80) ? quarantineNs + random.nextLong(20 * MILLI) : 0;
        return new FaultPlan(seed, hosts, 1, traffic, network, driftPpm, bufferBytes, upNs, incidents, knobs);
    }

    private Traffic traffic() {
        int rpcs = 5 + (chance(20) ? random.nextInt(100) : random.nextInt(45));
        int maxBytes = pick(1_000, 20_000, 100_000, 300_000, 1_000_000);
        int longPermille = maxBytes > 200_000 ? random.nextInt(10, 60) : random.nextInt(50, 400);
        return new Traffic(
                rpcs,
                random.nextLong(100 * MICRO, chance(15) ? 400 * MILLI : 20 * MILLI),
                longPermille,
                maxBytes,
                chance(30) ? random.nextLong(1, 40 * MILLI) : random.nextLong(1, 100 * MICRO),
                chance(25) ? random.nextInt(10, 300) : 0,
                chance(15) ? random.nextInt(10, 200) : 0,
                chance(15) ? random.nextInt(10, 200) : 0);
    }

    private Network network() {
        boolean corrupt = chance(25);
        return new Network(
                random.nextLong(MICRO, 30 * MICRO),
                chance(60) ? random.nextLong(0, 100 * MICRO) : 0,
                chance(50) ? severity() : 0,
                chance(40) ? severity() : 0,
                chance(40) ? severity() : 0,
                chance(70) ? random.nextLong(MICRO, 300 * MICRO) : random.nextLong(MILLI, 15 * MILLI),
                corrupt ? severity() : 0,
                corrupt && chance(40) ? pick(10, 200, 1_000) : 0,
                chance(20) ? random.nextInt(4, 200) : Network.LARGE_RING,
                chance(50) ? random.nextLong(0, 10 * MICRO) : 0);
    }

    private List<Incident> incidents(int hosts, long spanNs) {
        List<Incident> incidents = new ArrayList<>();
        if (chance(45)) {
            return incidents;
        }
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            int host = random.nextInt(hosts);
            int other = (host + 1 + random.nextInt(hosts - 1)) % hosts;
            long fromNs = random.nextLong(0, spanNs + spanNs / 2);
            long lengthNs = chance(70) ? random.nextLong(MICRO, 20 * MILLI) : random.nextLong(MILLI, 300 * MILLI);
            incidents.add(
                    switch (random.nextInt(8)) {
                        case 0 -> new Incident(FaultKind.PARTITION, host, other, fromNs, fromNs + lengthNs, 0);
                        case 1 -> new Incident(FaultKind.ONE_WAY, host, other, fromNs, fromNs + lengthNs, 0);
                        case 2, 3 -> new Incident(FaultKind.PAUSE, host, host, fromNs, fromNs + lengthNs / 3, 0);
                        case 4, 5 -> new Incident(FaultKind.CRASH, host, host, fromNs, fromNs + lengthNs, 0);
                        case 6 -> new Incident(FaultKind.CLOCK_JUMP, host, host, fromNs, fromNs, lengthNs);
                        default ->
                            chance(40)
                                    ? new Incident(FaultKind.CLOCK_BACK, host, host, fromNs, fromNs, lengthNs / 4)
                                    : new Incident(FaultKind.CLOCK_JUMP, host, host, fromNs, fromNs, lengthNs);
                    });
        }
        return incidents;
    }

    private void knobs() {
        maybe(Tunable.UNSCHED_BYTES, pick(0, 1, 1_424, 10_000, 40_000, 1_000_000));
        maybe(Tunable.SIZES_FOLLOW_LINK, random.nextInt(2));
        maybe(Tunable.NUM_PRIORITIES, random.nextInt(1, 9));
        maybe(Tunable.RESEND_TICKS, random.nextInt(1, 10));
        maybe(Tunable.RESEND_INTERVAL, random.nextInt(1, 10));
        maybe(Tunable.TIMEOUT_TICKS, random.nextInt(30, 200));
        maybe(Tunable.REQUEST_ACK_TICKS, random.nextInt(1, 10));
        maybe(Tunable.NEED_ACK_MAX_TICKS, random.nextInt(1, 200));
        maybe(Tunable.NEED_ACK_GIVE_UP_TICKS, random.nextInt(250, 1_200));
        maybe(Tunable.TICK_NS, random.nextLong(200 * MICRO, 2 * MILLI));
        maybe(Tunable.LINK_MBPS, pick(1_000, 10_000, 100_000, 400_000));
        maybe(Tunable.INITIAL_RTT_NS, random.nextLong(1_000, 200_000));
        maybe(Tunable.UNSCHED_RTTS_PERCENT, random.nextInt(10, 300));
        maybe(Tunable.MAX_INCOMING, pick(1_500, 10_000, 100_000, 1_000_000));
        maybe(Tunable.MAX_INCOMING_RTTS, random.nextInt(1, 30));
        maybe(Tunable.MAX_OVERCOMMIT, random.nextInt(1, 9));
        maybe(Tunable.MAX_RPCS_PER_PEER, random.nextInt(0, 4));
        maybe(Tunable.WINDOW, pick(0, 1, 10_000, 200_000));
        maybe(Tunable.GRANT_STEP_PERCENT, pick(10, 25, 50));
        maybe(Tunable.FIFO_GRANT_INCREMENT, pick(0, 1, 10_000, 50_000));
        maybe(Tunable.GRANT_FIFO_FRACTION, pick(0, 50, 500));
        maybe(Tunable.MAX_GSO_SIZE, pick(0, 3_000, 9_000, 20_000, 65_536, 262_144));
        maybe(Tunable.MTU, pick(576, 1_500, 3_000, 9_000, 65_535));
        maybe(Tunable.DEFER_MIN_BYTES, pick(0, 1_000, 1_000_000));
        maybe(Tunable.MAX_NIC_BACKLOG_NS, pick(0, 1_000, 5_000, 1_000_000));
        maybe(Tunable.MAX_NIC_QUEUE_NS, pick(0, 1_000, 10_000, 1_000_000));
        maybe(Tunable.MAX_LINK_USAGE, random.nextInt(20, 101));
        maybe(Tunable.PACER_FIFO_FRACTION, pick(0, 50, 1_000));
        maybe(Tunable.ACK_FLUSH_NS, pick(0, 50_000, 1_000_000, 5_000_000));
        maybe(Tunable.TOMBSTONE_NS, pick(0, 10_000_000, 100_000_000, 1_000_000_000));
        maybe(Tunable.QUARANTINE_NS, pick(0, 20_000_000, 150_000_000));
        maybe(Tunable.GAP_RESEND_RTTS, random.nextInt(0, 5));
        maybe(Tunable.INCAST_THRESHOLD, pick(0, 1, 4, 32));
        maybe(Tunable.INCAST_UNSCHED_BYTES, pick(1, 1_024, 20_000));
        maybe(Tunable.CUTOFF_INTERVAL_NS, random.nextLong(MILLI, 20 * MILLI));
        maybe(Tunable.CUTOFF_MIN_MESSAGES, random.nextInt(1, 20));
        maybe(Tunable.CHECK_PEER_ADDRESS, random.nextInt(2));
        maybe(Tunable.OWNER, random.nextInt(256));
        maybe(Tunable.TRACE_EVENTS, pick(0, 16, 1_024));
    }

    private void tinyTables() {
        maybe(Tunable.MAX_CLIENT_RPCS, random.nextInt(1, 8));
        maybe(Tunable.MAX_SERVER_RPCS, random.nextInt(1, 8));
        maybe(Tunable.MAX_SERVER_RPCS_PER_PEER, random.nextInt(1, 4));
        maybe(Tunable.MAX_TOMBSTONES, 16);
        maybe(Tunable.MAX_PEERS, 4);
    }

    private void maybe(Tunable knob, long value) {
        if (chance(18)) {
            knobs.put(knob, value);
        }
    }

    private int severity() {
        return chance(70) ? random.nextInt(1, 50) : random.nextInt(50, 300);
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private int pick(int... values) {
        return values[random.nextInt(values.length)];
    }
}
