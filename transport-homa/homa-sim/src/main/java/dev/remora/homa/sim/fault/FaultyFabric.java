package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.TransmitUnit;
import dev.remora.homa.protocol.Tunable;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries packets from host to host, badly until the network heals. Packets are copies of what the endpoint gave, made at
 * once: whatever it does with its memory afterwards must not matter.
 */
final class FaultyFabric {
    private static final int FRAME_OVERHEAD = 20 + 38;

    private final FaultPlan plan;
    private final FaultTimeline timeline;
    private final FaultLog log;
    private final Consumer<WirePacket> arrivals;
    private final SplittableRandom random;
    private final Network network;
    private final long healNs;
    private final long linkMbps;
    private final long gsoBytes;
    private final int segmentBytes;
    private long sentCount;
    private int inFlight;
    /** Time of arrival of the latest packet of each pair of hosts. */
    private final long[] latestNs;

    FaultyFabric(FaultPlan plan, FaultTimeline timeline, FaultLog log, Consumer<WirePacket> arrivals) {
        this.plan = plan;
        this.timeline = timeline;
        this.log = log;
        this.arrivals = arrivals;
        random = new SplittableRandom(plan.seed() * 7 + 1);
        network = plan.network();
        healNs = plan.healNs();
        linkMbps = plan.knob(Tunable.LINK_MBPS);
        gsoBytes = plan.knob(Tunable.MAX_GSO_SIZE);
        segmentBytes = new PacketForm(plan).segmentBytes();
        latestNs = new long[plan.hosts() * plan.hosts()];
    }

    long sentCount() {
        return sentCount;
    }

    int inFlight() {
        return inFlight;
    }

    /** Bytes the link has and has not sent. */
    long queuedBytes(FaultHost host) {
        return Math.max(0, host.linkFreeNs - timeline.nowNs()) * linkMbps / 8_000;
    }

    void send(FaultHost host, PacketObserver observer) {
        TransmitUnit unit = host.unit;
        int to = FaultHost.hostOf(unit.peerHigh, unit.peerLow);
        checkUnit(unit, to);
        int packets = unit.segments();
        if (packets > 1) {
            log.fault(FaultKind.SEGMENTATION);
        }
        for (int i = 0; i < packets; i++) {
            WirePacket packet = WirePacket.cut(host.index, host.incarnation, to, unit, i);
            sentCount++;
            log.mix(packet.bytes, 0, packet.length());
            log.event(timeline.nowNs(), packet.toString());
            observer.onEmit(packet, unit.level, host.clock(timeline.nowNs()));
            long wireNs = (packet.length() + FRAME_OVERHEAD) * 8_000L / linkMbps;
            host.linkFreeNs = Math.max(host.linkFreeNs, timeline.nowNs()) + Math.max(1, wireNs);
            carry(packet, host.linkFreeNs);
        }
    }

    private void checkUnit(TransmitUnit unit, int to) {
        boolean sound = to >= 0
                && to < plan.hosts()
                && unit.headerLength >= 28
                && unit.payloadLength >= 0
                && (unit.payloadLength == 0 || unit.segmentBytes > 0 && unit.segmentBytes <= segmentBytes)
                && (unit.segments() == 1 || !unit.retransmission && unit.payloadLength <= Math.max(gsoBytes, 0));
        if (!sound) {
            throw new FaultViolation("W1: unit to host " + to + ", type " + unit.type + ", header " + unit.headerLength
                    + ", payload " + unit.payloadLength + ", segments of " + unit.segmentBytes);
        }
    }

    private void carry(WirePacket packet, long leavesNs) {
        if (timeline.nowNs() >= healNs) {
            deliver(packet, leavesNs + network.baseDelayNs());
            return;
        }
        if (happens(network.lossPermille())) {
            fault(FaultKind.LOSS, packet);
            return;
        }
        WirePacket carried = packet;
        if (happens(network.corruptPermille())) {
            if (!happens(network.manglePermille())) {
                fault(FaultKind.CORRUPTION, packet);
                return;
            }
            carried = mangle(packet);
            fault(FaultKind.MANGLING, carried);
        }
        long atNs = leavesNs + network.baseDelayNs() + upTo(network.jitterNs());
        if (happens(network.reorderPermille())) {
            atNs += upTo(network.lateNs());
        }
        if (happens(network.duplicatePermille())) {
            fault(FaultKind.DUPLICATION, packet);
            deliver(packet, atNs + upTo(network.lateNs()));
        }
        deliver(carried, atNs);
    }

    private void deliver(WirePacket packet, long atNs) {
        int pair = packet.from * plan.hosts() + packet.to;
        if (atNs < latestNs[pair]) {
            log.fault(FaultKind.REORDERING);
        }
        latestNs[pair] = Math.max(latestNs[pair], atNs);
        inFlight++;
        timeline.at(atNs, () -> {
            inFlight--;
            FaultKind cut = cut(packet.from, packet.to);
            if (cut != null) {
                fault(cut, packet);
            } else {
                arrivals.accept(packet);
            }
        });
    }

    /** ICMP from one host to another: subject to loss and partitions, too. */
    void sendIcmp(int from, int to, Runnable arrival) {
        boolean lost = timeline.nowNs() < healNs && happens(network.lossPermille());
        inFlight++;
        timeline.in(network.baseDelayNs(), () -> {
            inFlight--;
            if (!lost && cut(from, to) == null) {
                arrival.run();
            }
        });
    }

    private @Nullable FaultKind cut(int from, int to) {
        for (Incident incident : plan.incidents()) {
            if (incident.cuts(from, to, timeline.nowNs())) {
                return incident.kind();
            }
        }
        return null;
    }

    private WirePacket mangle(WirePacket packet) {
        byte[] bytes = packet.bytes.clone();
        if (random.nextInt(8) == 0) {
            return packet.withBytes(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        }
        int flips = random.nextInt(1, 4);
        for (int i = 0; i < flips; i++) {
            // Mostly in the header: what is in the data nobody looks at.
            int at = random.nextInt(random.nextInt(4) > 0 ? Math.min(56, bytes.length) : bytes.length);
            bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
        }
        return packet.withBytes(bytes);
    }

    private void fault(FaultKind kind, WirePacket packet) {
        log.fault(kind);
        log.event(timeline.nowNs(), kind + " " + packet);
    }

    private boolean happens(int permille) {
        return permille > 0 && random.nextInt(1_000) < permille;
    }

    private long upTo(long mostNs) {
        return mostNs == 0 ? 0 : random.nextLong(mostNs + 1);
    }
}
