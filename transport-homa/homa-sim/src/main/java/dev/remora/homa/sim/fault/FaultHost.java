package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.TransmitUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A host: its process (or none), its clock, its ring of packets not yet handled and the queue of its link. */
final class FaultHost {
    static final long EPOCH_NS = 1_000_000_000L;
    private static final long ADDRESS_LOW = 0x0000_ffff_0a00_0001L;

    final int index;
    final TransmitUnit unit = new TransmitUnit();
    final HomaEvent event = new HomaEvent();
    final ArrayDeque<WirePacket> ring = new ArrayDeque<>();
    /** What the application does when its process runs again. */
    final List<Runnable> deferred = new ArrayList<>();

    @Nullable
    FaultProcess process;

    /** Refusals of processes that have ended. */
    private long earlierRefusals;

    int incarnation = -1;
    private long bornNs;
    private long newestNs;
    boolean paused;
    boolean pumpScheduled;
    long wakeVersion;
    /** Wakes in a row at the endpoint's own wish that changed nothing. */
    int idleWakes;
    /** Answers to requests that only damaged packets made, not yet given back. */
    int phantomsLent;
    /** When the link will have sent all it was given. */
    long linkFreeNs;

    private final int driftPpm;
    private long offsetNs;

    FaultHost(int index, int driftPpm) {
        this.index = index;
        this.driftPpm = driftPpm;
    }

    static long addressLow(int host) {
        return ADDRESS_LOW + host;
    }

    static int hostOf(long addressHigh, long addressLow) {
        if (addressHigh != 0) {
            throw new FaultViolation("W1: address of no host: " + Long.toHexString(addressHigh));
        }
        return Math.toIntExact(addressLow - ADDRESS_LOW);
    }

    boolean alive() {
        return process != null;
    }

    boolean running() {
        return process != null && !paused;
    }

    FaultProcess process() {
        FaultProcess alive = process;
        if (alive == null) {
            throw new IllegalStateException("host " + index + " is down");
        }
        return alive;
    }

    void boot(HomaConfig config, int shards, long seed, long bufferBytes, long trueNs, long upNs) {
        incarnation++;
        bornNs = clock(trueNs) - upNs;
        newestNs = bornNs;
        FaultProcess born = new FaultProcess(config, shards, seed, bufferBytes, bornNs);
        born.shards().forEach(shard -> {
            shard.listen(TestRpc.PORT);
            shard.listen(TestRpc.PORT + 1);
        });
        process = born;
    }

    void crash() {
        earlierRefusals = bufferRefusals();
        process = null;
        phantomsLent = 0;
        ring.clear();
        deferred.clear();
        wakeVersion++;
    }

    long bufferRefusals() {
        return earlierRefusals + (process == null ? 0 : process.bufferRefusals());
    }

    /** How long the process has run by the latest time that its clock has shown. */
    long ageNs(long trueNs) {
        newestNs = Math.max(newestNs, clock(trueNs));
        return newestNs - bornNs;
    }

    /** What the host's own clock shows. */
    long clock(long trueNs) {
        return EPOCH_NS + trueNs + offsetNs + trueNs / 1_000 * driftPpm / 1_000;
    }

    void jump(long byNs, long trueNs) {
        newestNs = Math.max(newestNs, clock(trueNs));
        offsetNs += byNs;
    }

    /** True time until the host's clock shows this, at least a little. */
    long untilNs(long clockNs, long trueNs) {
        long missing = clockNs - clock(trueNs);
        return missing <= 0 ? 0 : missing - missing / 1_000 * driftPpm / 1_000 + 1;
    }
}
