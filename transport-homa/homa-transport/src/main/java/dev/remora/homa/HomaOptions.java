package dev.remora.homa;

import dev.remora.homa.engine.IdlePolicy;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The values of {@link HomaSettings}, read once. Durations in nanoseconds, sizes in bytes. */
record HomaOptions(
        int maxMessageBytes,
        int maxOutstanding,
        int maxRequests,
        int clientPorts,
        long receiveBytes,
        long sendPoolBytes,
        long joinBytes,
        long joinBytesPerPeer,
        long transferTimeoutNs,
        int linkMbps,
        IdlePolicy idle,
        Encapsulation encapsulation) {
    private static final int ETHERNET_BYTES = 14;
    private static final int FEW_TOMBSTONES = 2_048;
    /**
     * So long a super-packet may hold the link, and what is more urgent up behind it. At 10 Gbit/s the longest take a third of that;
     * at 200 Mbit/s it is two packets, where 64 KB would take 2.6 ms.
     */
    private static final long LONGEST_UNIT_NS = 150_000;

    /**
     * The module's times to wait for a sign of life suit links that pass 125 kB, what a port of a slow switch holds, within 5 ms. On
     * slower ones a request that only stands in a queue would be sent again, which makes the queue longer.
     */
    private static final long MBPS_OF_TICKS = 200;

    private static final List<Tunable> SIGNS_OF_LIFE =
            List.of(Tunable.RESEND_TICKS, Tunable.RESEND_INTERVAL, Tunable.REQUEST_ACK_TICKS);
    /** A RESEND may take so much of the time after which a silent peer is given up, and that must not grow: calls could run twice. */
    private static final int RESENDS_IN_TIMEOUT = 8;

    /**
     * Between processes of one host no switch has a queue that could run full, and a round trip says how fast a thread looks,
     * not what is on its way. So sizes do not follow it there, unless somebody has set them: a whole super-packet may be sent at
     * once, and as much granted as keeps both sides copying. Measured with 8 messages of 64 KB under way: 1.4 times as many.
     */
    private static final Map<Tunable, Long> HOST_SIZES =
            Map.of(Tunable.SIZES_FOLLOW_LINK, 0L, Tunable.UNSCHED_BYTES, 64_000L, Tunable.MAX_INCOMING, 1_000_000L);

    static HomaOptions of(SettingValues values) {
        return new HomaOptions(
                values.getInt(HomaSettings.MAX_MESSAGE_BYTES),
                values.getInt(HomaSettings.MAX_OUTSTANDING),
                values.getInt(HomaSettings.MAX_REQUESTS),
                values.getInt(HomaSettings.CLIENT_PORTS),
                values.get(HomaSettings.RECEIVE_MEMORY),
                values.get(HomaSettings.SEND_POOL),
                values.get(HomaSettings.JOIN_MEMORY),
                values.get(HomaSettings.JOIN_MEMORY_PER_PEER),
                values.get(HomaSettings.TRANSFER_TIMEOUT),
                values.getInt(HomaSettings.LINK_MBPS),
                idle(values),
                encapsulation(values));
    }

    /** Engines that poll while others of the process want their CPU; empty when there are CPUs for all, or none polls. */
    static Optional<String> tooManyEngines(SettingValues values, int cpus) {
        int engines = values.getInt(HomaSettings.ENGINES);
        if (engines <= cpus || idle(values).equals(IdlePolicy.PARK)) {
            return Optional.empty();
        }
        return Optional.of("remora.homa.engines = " + engines + ", but this process may use " + cpus + " CPU"
                + (cpus == 1 ? "" : "s")
                + ": engines that poll keep the CPU from those that have work, and calls may take many"
                + " milliseconds. Set it to " + cpus + " at most, or remora.homa.idle to park");
    }

    private static IdlePolicy idle(SettingValues values) {
        return switch (values.get(HomaSettings.IDLE)) {
            case "spin" -> IdlePolicy.SPIN;
            case "park" -> IdlePolicy.PARK;
            default -> IdlePolicy.ADAPTIVE;
        };
    }

    static Encapsulation encapsulation(SettingValues values) {
        return switch (values.get(HomaSettings.ENCAPSULATION)) {
            case "homa" -> Encapsulation.HOMA;
            case "udp" -> Encapsulation.UDP;
            default -> Encapsulation.TCP_HEADER;
        };
    }

    /**
     * The protocol's configuration for one engine: what was set, and what follows from its link.
     *
     * @param freshAddress no earlier process had our address
     */
    HomaConfig protocol(SettingValues values, FrameCapabilities link, int engine, boolean freshAddress) {
        HomaConfig config = HomaConfig.standard();
        for (var knob : HomaSettings.PROTOCOL.entrySet()) {
            config = config.with(knob.getKey(), values.get(knob.getValue()));
        }
        long mbps = linkMbps > 0 ? linkMbps : link.linkMbps() > 0 ? link.linkMbps() : Tunable.LINK_MBPS.standard();
        config = config.with(Tunable.MTU, link.mtu())
                .with(Tunable.OUTER_BYTES, encapsulation.outerBytes())
                .with(Tunable.LINK_MBPS, Math.min(mbps, Tunable.LINK_MBPS.most()))
                .with(Tunable.OWNER, engine);
        config = withPatience(config);
        // Nothing cuts frames behind UDP headers, so single packets keep the order of priorities.
        if (link.segmentation() && encapsulation != Encapsulation.UDP && config.get(Tunable.MAX_GSO_SIZE) == 0) {
            config = config.with(Tunable.MAX_GSO_SIZE, longestUnit(config, link));
        }
        if (freshAddress) {
            // Nobody had this address before, so there is no earlier life whose requests might come again.
            config = config.with(Tunable.QUARANTINE_NS, 0)
                    // Nor do packets overtake each other or come twice, and a small table stays in the CPU's caches.
                    .with(Tunable.MAX_TOMBSTONES, Math.min(FEW_TOMBSTONES, config.get(Tunable.MAX_TOMBSTONES)));
            if (HOST_SIZES.keySet().stream().allMatch(knob -> values.get(setting(knob)) == knob.standard())) {
                for (var size : HOST_SIZES.entrySet()) {
                    config = config.with(size.getKey(), size.getValue());
                }
            }
        }
        // Ids must differ from one life of a process to the next.
        return config.withSeed(new SecureRandom().nextLong());
    }

    private static HomaConfig withPatience(HomaConfig standard) {
        long mbps = standard.get(Tunable.LINK_MBPS);
        if (mbps >= MBPS_OF_TICKS) {
            return standard;
        }
        long most = standard.get(Tunable.TIMEOUT_TICKS) / RESENDS_IN_TIMEOUT;
        HomaConfig config = standard;
        for (Tunable knob : SIGNS_OF_LIFE) {
            if (config.get(knob) == knob.standard()) {
                long ticks = Math.min(most, Math.ceilDiv(knob.standard() * MBPS_OF_TICKS, mbps));
                config = config.with(knob, Math.max(knob.standard(), ticks));
            }
        }
        Tunable flush = Tunable.ACK_FLUSH_NS;
        if (config.get(flush) == flush.standard()) {
            // A packet more for each answer would be a good part of what such a link carries.
            config = config.with(
                    flush,
                    flush.standard() * config.get(Tunable.REQUEST_ACK_TICKS) / Tunable.REQUEST_ACK_TICKS.standard());
        }
        return config;
    }

    /** At least a packet; an IP packet's length field has 16 bits. */
    private static long longestUnit(HomaConfig config, FrameCapabilities link) {
        long inTime = config.get(Tunable.LINK_MBPS) * LONGEST_UNIT_NS / 8_000;
        return Math.min(Math.min(65_535, link.maxFrameBytes() - ETHERNET_BYTES), Math.max(link.mtu(), inTime));
    }

    private static Setting<Long> setting(Tunable knob) {
        return Objects.requireNonNull(HomaSettings.PROTOCOL.get(knob));
    }
}
