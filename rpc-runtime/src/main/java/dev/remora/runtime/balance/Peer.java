package dev.remora.runtime.balance;

import dev.remora.api.Status;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.time.TimeSource;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One server of a channel: the transport's client of it, and how its calls go. The calls of many threads meet here, so what
 * happens per call is a few atomic operations; what follows from it is worked out by the {@link Balancer}.
 */
public final class Peer {
    /** Calls go there. */
    static final int ACTIVE = 0;
    /** One call at a time. */
    static final int PROBATION = 1;
    /** No calls, until the balancer says otherwise. */
    static final int ASIDE = 2;
    /** Not named by the resolver any more. */
    static final int RETIRED = 3;
    /** Its client is closed, or about to be. */
    static final int CLOSED = 4;

    private final Endpoint endpoint;
    private final ClientTransport transport;
    private final long hash;
    private final TimeSource clock;
    private final Runnable changed;
    private final int failuresToEject;
    private final @Nullable LatencyEstimate latency;

    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicInteger phase = new AtomicInteger(ACTIVE);
    private final AtomicBoolean trial = new AtomicBoolean();
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final LongAdder begun = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unreachable = new LongAdder();
    private final LongAdder neutral = new LongAdder();

    // Set by calls, taken by the balancer.
    private volatile Status lastFailure = Status.OK;
    private volatile boolean sawUnreachable;
    private volatile boolean sawTrialEnd;
    private volatile boolean trialWentWell;

    /** What the balancer alone reads and writes. */
    final PeerRecord record = new PeerRecord();

    private volatile ServerAddress address;

    /** @param changed called, by any thread, when the balancer should look; must not block */
    Peer(
            ServerAddress address,
            ClientTransport transport,
            TimeSource clock,
            int failuresToEject,
            boolean keepsLatency,
            Runnable changed) {
        this.address = address;
        this.endpoint = address.endpoint();
        this.hash = StableHash.of(endpoint.toString());
        this.transport = transport;
        this.clock = clock;
        this.failuresToEject = failuresToEject == 0 ? Integer.MAX_VALUE : failuresToEject;
        this.latency = keepsLatency ? new LatencyEstimate(clock.nowNs()) : null;
        this.changed = changed;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** To make the call with. Owned by the balancer. */
    public ClientTransport transport() {
        return transport;
    }

    /** Its share of the calls, 1 to 65535. */
    public int weight() {
        return address.weight();
    }

    /** The lowest is called first. */
    public int priority() {
        return address.priority();
    }

    /** A number that depends on the address alone, equal in all processes. */
    public long hash() {
        return hash;
    }

    /** Calls in progress, from pick to end. */
    public int outstanding() {
        return outstanding.get();
    }

    /**
     * Nanoseconds that a further call may take, by the latency of recent ones and the number of those in progress; 0 before
     * the first. Only if the policy {@linkplain BalancePolicy#needsLatency needs} it.
     */
    public double expectedLatency() {
        if (latency == null) {
            throw new IllegalStateException("no latency is kept: the policy must say that it needs it");
        }
        int calls = outstanding.get();
        double ns = latency.ns(clock.nowNs());
        if (ns == 0 && calls > 0) {
            return Double.MAX_VALUE / 4; // its first call tells; until then one is enough
        }
        return ns * (calls + 1);
    }

    /**
     * The call that this peer was picked for has ended. Exactly once per pick, by any thread.
     *
     * @param status what the call ended with, with its cause: see {@link Outcome#of}
     * @param latencyNs from the pick to the end; negative if it says nothing, as for streams
     */
    public void ended(Status status, long latencyNs) {
        Outcome outcome = Outcome.of(status);
        if (outcome == Outcome.FAILURE || outcome == Outcome.UNREACHABLE) {
            lastFailure = status;
        }
        switch (outcome) {
            case SUCCESS -> succeeded(latencyNs);
            case FAILURE -> failed(latencyNs);
            case UNREACHABLE -> unreachable();
            case NEUTRAL -> neutral(latencyNs);
        }
        if (phase.get() == PROBATION) {
            endTrial(outcome);
        }
        if (outstanding.decrementAndGet() == 0 && phase.get() == RETIRED) {
            changed.run();
        }
    }

    /** A call of it goes on, perhaps for hours, but was answered: enough for a trial. Any number of times. */
    public void answered() {
        if (phase.get() == PROBATION) {
            endTrial(Outcome.SUCCESS);
        }
    }

    private void succeeded(long latencyNs) {
        succeeded.increment();
        if (failuresInARow.get() != 0) {
            failuresInARow.set(0);
        }
        if (latency != null && latencyNs >= 0) {
            latency.record(latencyNs, clock.nowNs());
        }
    }

    private void failed(long latencyNs) {
        failed.increment();
        recordAtLeast(latencyNs);
        if (failuresInARow.incrementAndGet() == failuresToEject) {
            changed.run();
        }
    }

    /** Such as an attempt that was given up because a hedge was quicker. */
    private void neutral(long latencyNs) {
        neutral.increment();
        recordAtLeast(latencyNs);
    }

    /** A call without an answer says nothing about how fast it works, unless it took longer than others. */
    private void recordAtLeast(long latencyNs) {
        if (latency != null) {
            long nowNs = clock.nowNs();
            if (latencyNs > latency.ns(nowNs)) {
                latency.record(latencyNs, nowNs);
            }
        }
    }

    /** Nobody need run into this again before the balancer has looked. */
    private void unreachable() {
        unreachable.increment();
        if (phase.compareAndSet(ACTIVE, ASIDE) || phase.compareAndSet(PROBATION, ASIDE)) {
            sawUnreachable = true;
            changed.run();
        }
    }

    private void endTrial(Outcome outcome) {
        if (outcome == Outcome.NEUTRAL) {
            trial.set(false);
        } else {
            trialWentWell = outcome == Outcome.SUCCESS;
            sawTrialEnd = true;
        }
        changed.run();
    }

    /**
     * Counts a call, if one may begin.
     *
     * @param forced also if it is set aside
     */
    boolean begin(boolean forced) {
        outstanding.incrementAndGet();
        int now = phase.get();
        if (now == ACTIVE
                || (now == PROBATION && (trial.compareAndSet(false, true) || forced))
                || (now == ASIDE && forced)) {
            begun.increment();
            return true;
        }
        if (outstanding.decrementAndGet() == 0 && now == RETIRED) {
            changed.run();
        }
        return false;
    }

    // What follows is for the balancer, one thread at a time.

    int phase() {
        return phase.get();
    }

    void update(ServerAddress newAddress) {
        address = newAddress;
    }

    ServerAddress address() {
        return address;
    }

    boolean takeSawUnreachable() {
        boolean saw = sawUnreachable;
        sawUnreachable = false;
        return saw;
    }

    /** @return null if no trial has ended, else whether it went well */
    @Nullable
    Boolean takeTrialEnd() {
        if (!sawTrialEnd) {
            return null;
        }
        sawTrialEnd = false;
        return trialWentWell;
    }

    boolean hasFailedTooOften() {
        return failuresInARow.get() >= failuresToEject;
    }

    void activate() {
        failuresInARow.set(0);
        phase.set(ACTIVE);
    }

    void setAside() {
        phase.set(ASIDE);
    }

    void probe() {
        failuresInARow.set(0);
        sawTrialEnd = false;
        trial.set(false);
        phase.set(PROBATION);
    }

    void retire() {
        phase.set(RETIRED);
    }

    /** @return whether it may be closed: no call is in progress, and none can begin any more */
    boolean closeIfIdle() {
        phase.set(CLOSED);
        if (outstanding.get() == 0) {
            return true;
        }
        phase.set(RETIRED);
        return false;
    }

    void closed() {
        phase.set(CLOSED);
    }

    /** OK if none has failed. */
    Status lastFailure() {
        return lastFailure;
    }

    long succeededCalls() {
        return succeeded.sum();
    }

    long failedCalls() {
        return failed.sum();
    }

    /** Calls that began here. */
    long picks() {
        return begun.sum();
    }

    PeerState state() {
        return new PeerState(
                endpoint,
                weight(),
                priority(),
                record.condition(phase.get()),
                record.reason(),
                outstanding.get(),
                succeeded.sum(),
                failed.sum(),
                unreachable.sum(),
                neutral.sum());
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
