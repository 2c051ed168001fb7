package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.Verdict;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The hosts: hands packets, time and commands to the endpoints and takes out what they want to send and tell. Crashes,
 * pauses and jumps of clocks happen here.
 */
final class FaultCluster {
    private static final int CHECK_EVERY = 8;
    private static final int MOST_OUTPUTS = 200_000;
    private static final int MOST_IDLE_WAKES = 1_000;
    private static final long SHORTEST_WAKE_NS = 100;

    private final FaultPlan plan;
    private final FaultTimeline timeline;
    private final FaultLog log;
    private final FaultyFabric fabric;
    private final PacketObserver observer;
    private final FaultApplication application;
    private final HomaConfig config;
    private final FaultHost[] hosts;
    private final SplittableRandom random;
    private long pumps;

    FaultCluster(FaultPlan plan, FaultTimeline timeline, FaultLog log, Tampering tampering) {
        this.plan = plan;
        this.timeline = timeline;
        this.log = log;
        config = plan.config();
        random = new SplittableRandom(plan.seed() * 5 + 3);
        application = new FaultApplication(plan, timeline, log, this, tampering);
        observer = new PacketObserver(plan, application::find);
        application.watchedBy(observer);
        fabric = new FaultyFabric(plan, timeline, log, packet -> arrive(tampering.onWire(packet)));
        hosts = new FaultHost[plan.hosts()];
        for (int i = 0; i < hosts.length; i++) {
            int drift = plan.driftPpm();
            hosts[i] = new FaultHost(i, drift == 0 ? 0 : random.nextInt(-drift, drift + 1));
            boot(hosts[i], plan.upNs());
        }
        if (plan.driftPpm() > 0) {
            log.fault(FaultKind.DRIFT);
        }
        for (Incident incident : plan.incidents()) {
            timeline.at(incident.fromNs(), () -> begin(incident));
        }
    }

    FaultApplication application() {
        return application;
    }

    FaultyFabric fabric() {
        return fabric;
    }

    List<FaultHost> hosts() {
        return Arrays.asList(hosts);
    }

    private void boot(FaultHost host, long upNs) {
        long seed = new SplittableRandom(plan.seed() + host.index * 1_000_003L + host.incarnation * 77L).nextLong();
        host.boot(config, plan.shards(), seed, plan.bufferBytes(), timeline.nowNs(), upNs);
    }

    private void begin(Incident incident) {
        FaultHost host = hosts[incident.host()];
        log.event(timeline.nowNs(), incident.toString());
        switch (incident.kind()) {
            case PAUSE -> {
                if (host.running()) {
                    log.fault(FaultKind.PAUSE);
                    host.paused = true;
                    int incarnation = host.incarnation;
                    timeline.at(incident.toNs(), () -> resume(host, incarnation));
                }
            }
            case CRASH -> {
                if (host.alive()) {
                    log.fault(FaultKind.CRASH);
                    application.onCrash(host);
                    host.crash();
                    host.paused = false;
                    timeline.at(incident.toNs(), () -> restart(host));
                }
            }
            case CLOCK_JUMP -> {
                log.fault(FaultKind.CLOCK_JUMP);
                host.jump(incident.amountNs(), timeline.nowNs());
                pump(host);
            }
            case CLOCK_BACK -> {
                log.fault(FaultKind.CLOCK_BACK);
                host.jump(-incident.amountNs(), timeline.nowNs());
                pump(host);
            }
            default -> {
                // Partitions: the fabric looks at the time itself.
            }
        }
    }

    private void restart(FaultHost host) {
        log.event(timeline.nowNs(), "host " + host.index + " starts again");
        boot(host, 0);
        pump(host);
    }

    private void resume(FaultHost host, int incarnation) {
        if (host.incarnation != incarnation || !host.paused) {
            return;
        }
        log.event(timeline.nowNs(), "host " + host.index + " runs again");
        host.paused = false;
        List<Runnable> actions = new ArrayList<>(host.deferred);
        host.deferred.clear();
        actions.forEach(Runnable::run);
        pump(host);
    }

    /** After a delay, when the process is not paused; never, when that process has died. */
    void whenRunning(FaultHost host, long delayNs, Runnable action) {
        int incarnation = host.incarnation;
        timeline.in(delayNs, () -> {
            if (host.incarnation != incarnation || !host.alive()) {
                return;
            }
            if (host.paused) {
                host.deferred.add(action);
            } else {
                action.run();
                pump(host);
            }
        });
    }

    private void arrive(WirePacket packet) {
        FaultHost host = hosts[packet.to];
        if (!host.alive()) {
            return;
        }
        if (host.ring.size() >= plan.network().ringPackets()) {
            log.fault(FaultKind.RING_OVERFLOW);
            log.event(timeline.nowNs(), "RING_OVERFLOW " + packet);
            return;
        }
        host.ring.add(packet);
        if (!host.pumpScheduled) {
            host.pumpScheduled = true;
            timeline.in(plan.network().burstNs(), () -> {
                host.pumpScheduled = false;
                pump(host);
            });
        }
    }

    /** Gives the process the processor. */
    void pump(FaultHost host) {
        if (!host.running()) {
            return;
        }
        if (!host.ring.isEmpty()) {
            receive(host);
        }
        long clockNs = host.clock(timeline.nowNs());
        host.process().shards().forEach(shard -> shard.onTick(clockNs));
        boolean active = drain(host, clockNs);
        check(host);
        scheduleWake(host, active);
    }

    private void receive(FaultHost host) {
        FaultProcess process = host.process();
        long clockNs = host.clock(timeline.nowNs());
        WirePacket packet = host.ring.poll();
        while (packet != null) {
            observer.onDeliver(packet, host.incarnation, clockNs);
            handle(host, process.shard(process.shardOf(packet)), packet, clockNs);
            packet = host.ring.poll();
        }
        process.shards().forEach(shard -> shard.onBurstEnd(clockNs));
    }

    private void handle(FaultHost host, HomaEndpoint endpoint, WirePacket packet, long clockNs) {
        Verdict verdict = deliver(endpoint, packet, clockNs);
        if (verdict == Verdict.ACCEPTED) {
            return;
        }
        log.event(timeline.nowNs(), verdict + " " + packet);
        if (verdict == Verdict.NO_SUCH_PORT) {
            int port = packet.u16(2);
            if (!plan.unchecked() && port != TestRpc.CLOSED_PORT) {
                throw new FaultViolation("W4: port refused that is open: " + packet);
            }
            FaultHost target = hosts[packet.from];
            fabric.sendIcmp(host.index, packet.from, () -> {
                if (target.running()) {
                    log.fault(FaultKind.CLOSED_PORT);
                    long targetNs = target.clock(timeline.nowNs());
                    target.process()
                            .shards()
                            .forEach(shard -> shard.onUnreachable(
                                    Unreachable.PORT, 0, FaultHost.addressLow(host.index), port, targetNs));
                    pump(target);
                }
            });
        } else if (verdict == Verdict.FOREIGN_OWNER) {
            int owner = host.process().ownerOf(packet);
            boolean astray = owner >= 0 && host.process().shard(owner) != endpoint;
            if (!astray && !plan.unchecked()) {
                throw new FaultViolation("FOREIGN_OWNER, and there is none: " + packet);
            }
            if (astray) {
                deliver(host.process().shard(owner), packet, clockNs);
            }
        }
    }

    private Verdict deliver(HomaEndpoint endpoint, WirePacket packet, long clockNs) {
        // In the middle of other bytes, and overwritten at once: as in the ring of a NIC.
        int at = random.nextInt(64);
        byte[] frame = new byte[at + packet.length() + 8];
        Arrays.fill(frame, (byte) 0x55);
        System.arraycopy(packet.bytes, 0, frame, at, packet.length());
        Verdict verdict = endpoint.onPacket(
                0, FaultHost.addressLow(packet.from), MemorySegment.ofArray(frame), at, packet.length(), clockNs);
        Arrays.fill(frame, (byte) 0xAA);
        return verdict;
    }

    private boolean drain(FaultHost host, long clockNs) {
        int outputs = 0;
        boolean progress = true;
        while (progress) {
            progress = false;
            for (int shard = 0; shard < host.process().count(); shard++) {
                int before = outputs;
                outputs = drain(host, shard, clockNs, outputs);
                progress |= outputs > before;
            }
        }
        return outputs > 0;
    }

    /** Returns the number of outputs with those before. */
    private int drain(FaultHost host, int shard, long clockNs, int before) {
        HomaEndpoint endpoint = host.process().shard(shard);
        int outputs = before;
        while (endpoint.pollEvent(host.event)) {
            application.onEvent(host, shard, host.event);
            count(host, ++outputs);
        }
        endpoint.onTransmitCapacity(fabric.queuedBytes(host), clockNs);
        while (endpoint.pollTransmit(host.unit, clockNs)) {
            fabric.send(host, observer);
            endpoint.onTransmitCapacity(fabric.queuedBytes(host), clockNs);
            count(host, ++outputs);
        }
        return outputs;
    }

    private static void count(FaultHost host, int outputs) {
        if (outputs > MOST_OUTPUTS) {
            throw new FaultViolation("L3: host " + host.index + " sends and tells without end");
        }
    }

    private void check(FaultHost host) {
        long incoming = host.process().sum(HomaEndpoint::totalIncoming);
        long grantable = host.process().sum(HomaEndpoint::grantable);
        if (incoming < 0 || grantable == 0 && incoming != 0) {
            throw new FaultViolation("F4: host " + host.index + ": " + incoming + " bytes incoming, " + grantable
                    + " grantable messages");
        }
        if (++pumps % CHECK_EVERY == 0) {
            checkInvariants(host);
        }
    }

    static void checkInvariants(FaultHost host) {
        String broken = host.process().check();
        if (broken != null) {
            throw new FaultViolation("state of host " + host.index + ": " + broken);
        }
    }

    private void scheduleWake(FaultHost host, boolean active) {
        long nowNs = timeline.nowNs();
        long clockNs = host.clock(nowNs);
        long deadlineNs = host.process().nextDeadlineNs(clockNs);
        long delayNs = deadlineNs == Long.MAX_VALUE ? Long.MAX_VALUE : host.untilNs(deadlineNs, nowNs);
        if (delayNs > 0 || active) {
            host.idleWakes = 0;
        } else if (++host.idleWakes > MOST_IDLE_WAKES) {
            throw new FaultViolation("L3: host " + host.index + " wants to be woken at once, again and again, for "
                    + "nothing: deadline " + deadlineNs + " at " + clockNs);
        }
        if (host.linkFreeNs > nowNs) {
            delayNs = Math.min(delayNs, host.linkFreeNs - nowNs);
        }
        long version = ++host.wakeVersion;
        if (delayNs != Long.MAX_VALUE) {
            timeline.in(Math.max(delayNs, SHORTEST_WAKE_NS), () -> {
                if (host.wakeVersion == version) {
                    pump(host);
                }
            });
        }
    }
}
