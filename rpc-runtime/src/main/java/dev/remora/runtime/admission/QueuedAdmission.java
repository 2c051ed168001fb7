package dev.remora.runtime.admission;

import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.MethodValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.CallLevel;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.time.TimeSource;
import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bound on calls in progress, fixed or adaptive, with a queue in front of it. One lock guards everything; handlers and
 * transports are called outside of it. What holds at all times: whatever waits could not be started, because the server or
 * the call's method has as many in progress as may be.
 */
final class QueuedAdmission implements Admission {
    private static final double DRAIN_GAIN = 1.0 / 16;
    /** A longer hint would outlast what it is derived from. */
    private static final long LONGEST_PUSH_BACK_NS = 5_000_000_000L;

    private static final long SHORTEST_PUSH_BACK_NS = 1_000_000;

    private final AdmissionConfig config;
    private final MethodValues policies;
    private final TimeSource time;
    private final LongConsumer waited;
    private final @Nullable GradientLimit gradient;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final List<WaitingCalls> queues = new ArrayList<>();
    private final WaitingCalls unlimited;
    private int inProgress;
    /** Of these, calls that take as long as they like: streams. */
    private int untimed;

    private int waiting;
    private long bytes;
    private long nextNumber;
    private long taken;
    private long notEmptySinceNs;
    private long lastDoneNs;
    /** Time between two ends of handlers while calls wait, smoothed; 0 if not known. */
    private double drainIntervalNs;

    private TimeSource.@Nullable Timer sweep;

    QueuedAdmission(AdmissionConfig config, MethodValues policies, TimeSource time, LongConsumer waited) {
        this.config = config;
        this.policies = policies;
        this.time = time;
        this.waited = waited;
        gradient = config.adaptive()
                ? new GradientLimit(
                        config.minLimit(),
                        config.initialLimit(),
                        config.maxConcurrentCalls(),
                        config.tolerance(),
                        time.nowNs())
                : null;
        unlimited = newQueue();
    }

    private WaitingCalls newQueue() {
        WaitingCalls queue = new WaitingCalls(config.order() == QueueOrder.SMALLEST_FIRST);
        queues.add(queue);
        return queue;
    }

    @Override
    public Lane lane(String fullName, MethodMetrics metrics) {
        SettingValues values = policies.of(fullName).values();
        int limit = values.getInt(AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS);
        lock.lock();
        try {
            boolean limited = limit < config.maxConcurrentCalls();
            WaitingCalls queue = limited ? newQueue() : unlimited;
            Lane lane = new Lane(limit, Admission.defaultCriticality(values), metrics, queue);
            if (limited) {
                queue.belongTo(lane);
            }
            return lane;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void offer(Candidate call) {
        call.watch();
        Verdicts verdicts = new Verdicts();
        boolean waits;
        lock.lock();
        try {
            long nowNs = time.nowNs();
            call.number = nextNumber++;
            Refusal refusal = admitOrQueue(call, verdicts, nowNs);
            if (refusal != null) {
                verdicts.refuse(call, refusal);
            }
            waits = call.waiting;
        } finally {
            lock.unlock();
        }
        verdicts.carryOut();
        // Cancelled before it waited, it did not find itself in the queue.
        if (waits && call.isCancelled()) {
            call.leave();
        }
    }

    private @Nullable Refusal admitOrQueue(Candidate call, Verdicts verdicts, long nowNs) {
        if (!makeRoom(call, verdicts, nowNs)) {
            return FixedAdmission.tooManyBytes(config.maxBytes(), pushBackNs());
        }
        boolean free = inProgress < bound() && !call.lane().isFull();
        if (isHopeless(call, free ? 0 : waitNs(call, nowNs), nowNs)) {
            return hopeless();
        }
        if (free) {
            bytes += call.bytes();
            enter(call, verdicts, nowNs);
            return null;
        }
        if (!call.canWait() || config.maxWaiting() == 0) {
            return noRoom(call.lane());
        }
        if (waiting >= config.maxWaiting()) {
            Candidate last = last(nowNs);
            if (last == null || !order(nowNs).before(call, last)) {
                return queueFull();
            }
            unqueue(last, verdicts, queueFull());
        }
        queue(call, nowNs);
        return null;
    }

    /** Refuses waiting calls of less criticality until the request fits in; false if it does not. */
    private boolean makeRoom(Candidate call, Verdicts verdicts, long nowNs) {
        while (bytes + call.bytes() > config.maxBytes()) {
            Candidate last = last(nowNs);
            if (last == null || last.criticality().compareTo(call.criticality()) >= 0) {
                return false;
            }
            unqueue(last, verdicts, FixedAdmission.tooManyBytes(config.maxBytes(), pushBackNs()));
        }
        return true;
    }

    private void queue(Candidate call, long nowNs) {
        if (waiting == 0) {
            notEmptySinceNs = nowNs;
        }
        call.waiting = true;
        call.queuedNs = nowNs;
        call.lane().waiting().add(call);
        waiting++;
        bytes += call.bytes();
        call.lane().metrics().happened(CallEvent.QUEUED);
        call.lane().metrics().moved(CallLevel.WAITING, 1);
        if (sweep == null && config.maxWaitNs() > 0) {
            sweep = time.after(config.maxWaitNs(), this::sweep);
        }
    }

    /** Takes a call out of the queue; its bytes are counted on. */
    private void dequeue(Candidate call) {
        call.waiting = false;
        call.lane().waiting().remove(call);
        waiting--;
        call.lane().metrics().moved(CallLevel.WAITING, -1);
    }

    private void unqueue(Candidate call, Verdicts verdicts, Refusal refusal) {
        dequeue(call);
        bytes -= call.bytes();
        verdicts.refuse(call, refusal);
    }

    private void enter(Candidate call, Verdicts verdicts, long nowNs) {
        inProgress++;
        untimed += call.isTimed() ? 0 : 1;
        call.lane().enter();
        call.startedNs = nowNs;
        if (gradient != null && call.isTimed()) {
            gradient.began(inProgress - untimed);
        }
        verdicts.start(call);
    }

    @Override
    public void done(Candidate call) {
        Verdicts verdicts = new Verdicts();
        lock.lock();
        try {
            long nowNs = time.nowNs();
            inProgress--;
            untimed -= call.isTimed() ? 0 : 1;
            bytes -= call.bytes();
            call.lane().exit();
            if (call.isTimed()) {
                call.lane().times().record(nowNs - call.startedNs, nowNs);
                if (gradient != null) {
                    gradient.ended(call.lane().times(), call.startedNs, nowNs);
                }
            }
            if (waiting > 0) {
                observeDrain(nowNs);
                admitWaiting(verdicts, nowNs);
            }
            lastDoneNs = nowNs;
        } finally {
            lock.unlock();
        }
        verdicts.carryOut();
    }

    private void observeDrain(long nowNs) {
        // The queue's first end says nothing: since the one before it, it may have been empty.
        if (lastDoneNs - notEmptySinceNs >= 0) {
            double intervalNs = nowNs - lastDoneNs;
            drainIntervalNs =
                    drainIntervalNs == 0 ? intervalNs : drainIntervalNs + DRAIN_GAIN * (intervalNs - drainIntervalNs);
        }
    }

    private void admitWaiting(Verdicts verdicts, long nowNs) {
        while (waiting > 0 && inProgress < bound()) {
            Candidate next = next(nowNs);
            if (next == null) {
                return;
            }
            if (isHopeless(next, 0, nowNs)) {
                unqueue(next, verdicts, hopeless());
            } else if (hasWaitedTooLong(next, nowNs)) {
                unqueue(next, verdicts, waitedTooLong());
            } else {
                dequeue(next);
                waited.accept(nowNs - next.queuedNs);
                taken++;
                enter(next, verdicts, nowNs);
            }
        }
    }

    private int bound() {
        // Streams take places for as long as they like: the adaptive bound, which goes by times, is on the others.
        return gradient == null
                ? config.maxConcurrentCalls()
                : Math.min(config.maxConcurrentCalls(), gradient.limit() + untimed);
    }

    /** The order that holds now. */
    private QueueOrder order(long nowNs) {
        boolean calm = waiting == 0 || nowNs - notEmptySinceNs < config.overloadAfterNs();
        return config.order() == QueueOrder.NEWEST_FIRST && calm ? QueueOrder.OLDEST_FIRST : config.order();
    }

    /** Of those that only the server's bound keeps waiting, the one to be served first. */
    private @Nullable Candidate next(long nowNs) {
        QueueOrder order = order(nowNs);
        if (order == QueueOrder.SMALLEST_FIRST && config.oldestEvery() > 0 && taken % config.oldestEvery() == 0) {
            order = QueueOrder.OLDEST_FIRST;
        }
        Candidate best = null;
        for (WaitingCalls queue : queues) {
            Candidate first = queue.mayGo() ? queue.first(order) : null;
            if (first != null && (best == null || order.before(first, best))) {
                best = first;
            }
        }
        return best;
    }

    private @Nullable Candidate last(long nowNs) {
        QueueOrder order = order(nowNs);
        Candidate worst = null;
        for (WaitingCalls queue : queues) {
            Candidate last = queue.last(order);
            if (last != null && (worst == null || order.before(worst, last))) {
                worst = last;
            }
        }
        return worst;
    }

    private boolean isHopeless(Candidate call, long waitNs, long nowNs) {
        long remainingNs = call.remainingNs(nowNs);
        if (remainingNs == Long.MAX_VALUE) {
            return false;
        }
        return remainingNs <= 0
                || (config.deadlineAware()
                        && remainingNs < waitNs + call.lane().times().leastNs(nowNs));
    }

    /** About how long a call that comes now is going to wait; 0 if that is not known. */
    private long waitNs(Candidate call, long nowNs) {
        int ahead = 0;
        for (WaitingCalls queue : queues) {
            ahead += queue.ahead(call.criticality(), call.bytes(), order(nowNs));
        }
        return (long) (ahead * drainIntervalNs);
    }

    private boolean hasWaitedTooLong(Candidate call, long nowNs) {
        return config.maxWaitNs() > 0 && nowNs - call.queuedNs >= config.maxWaitNs();
    }

    /** Refuses what has waited too long also while no handler ends. */
    private void sweep() {
        Verdicts verdicts = new Verdicts();
        lock.lock();
        try {
            sweep = null;
            long nowNs = time.nowNs();
            Candidate oldest = oldest();
            while (oldest != null && hasWaitedTooLong(oldest, nowNs)) {
                unqueue(oldest, verdicts, waitedTooLong());
                oldest = oldest();
            }
            if (oldest != null) {
                sweep = time.after(oldest.queuedNs + config.maxWaitNs() - nowNs, this::sweep);
            }
        } finally {
            lock.unlock();
        }
        verdicts.carryOut();
    }

    private @Nullable Candidate oldest() {
        Candidate oldest = null;
        for (WaitingCalls queue : queues) {
            Candidate first = queue.oldest();
            oldest = oldest == null || (first != null && first.number < oldest.number) ? first : oldest;
        }
        return oldest;
    }

    @Override
    public boolean withdraw(Candidate call) {
        lock.lock();
        try {
            if (!call.waiting) {
                return false;
            }
            dequeue(call);
            bytes -= call.bytes();
        } finally {
            lock.unlock();
        }
        call.lane().metrics().happened(CallEvent.LEFT_QUEUE);
        return true;
    }

    private long pushBackNs() {
        return waiting == 0 || drainIntervalNs == 0
                ? 0
                : (long) Math.clamp(waiting * drainIntervalNs, SHORTEST_PUSH_BACK_NS, LONGEST_PUSH_BACK_NS);
    }

    private Refusal noRoom(Lane lane) {
        if (inProgress < bound()) {
            return new Refusal(
                    Refusal.Kind.METHOD,
                    "the server has " + lane.limit() + " calls of the method in progress, as many as "
                            + AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS.name() + " of its policy allows",
                    pushBackNs());
        }
        return new Refusal(
                Refusal.Kind.CONCURRENCY,
                "the server has " + inProgress + " calls in progress, as many as "
                        + (gradient == null
                                ? "remora.server." + ServerSettings.MAX_CONCURRENT_CALLS.name() + " allows"
                                : "its adaptive bound allows now (remora.server." + AdmissionSettings.LIMIT.name()
                                        + ")"),
                pushBackNs());
    }

    private Refusal queueFull() {
        return new Refusal(
                Refusal.Kind.QUEUE_FULL,
                "the server has " + config.maxWaiting() + " calls waiting, as many as remora.server."
                        + AdmissionSettings.QUEUE_MAX_CALLS.name() + " allows, and serves them before this one",
                pushBackNs());
    }

    private Refusal waitedTooLong() {
        return new Refusal(
                Refusal.Kind.WAIT,
                "the call waited for " + config.maxWaitNs() / 1_000_000 + " ms, as long as remora.server."
                        + AdmissionSettings.QUEUE_MAX_WAIT.name() + " allows",
                pushBackNs());
    }

    private static Refusal hopeless() {
        return new Refusal(
                Refusal.Kind.DEADLINE,
                "the call cannot end before its deadline, by what such calls took lately (remora.server."
                        + AdmissionSettings.DEADLINE_AWARE.name() + ")",
                0);
    }

    @Override
    public int limit() {
        return locked(this::bound);
    }

    @Override
    public int inProgress() {
        return locked(() -> inProgress);
    }

    @Override
    public int waiting() {
        return locked(() -> waiting);
    }

    @Override
    public long bytes() {
        return locked(() -> bytes);
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }
}
