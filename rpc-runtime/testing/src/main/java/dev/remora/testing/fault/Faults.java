package dev.remora.testing.fault;

import dev.remora.runtime.metrics.Side;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportMetric;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules, and what they did. Wrap a transport by {@link #around}; rules can be changed while it runs.
 *
 * <p>The rules are asked in their order: delays add up, of everything else the first one counts. What was done is told by
 * {@link #recent}, by {@link #injected}, by the transport's metrics ({@code faults.*}) and in the log. Which calls a
 * percentage meets depends on the seed and on the number of the call among those that match, not on time. For any thread.
 */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final int MAX_RECENT = 200;
    /** Told at INFO; what comes later at DEBUG, so that one percent of everything does not fill a disk. */
    private static final int MAX_LOGGED = 200;

    /** Keeps the seeds of two rules apart, whatever the number of their calls. */
    private static final long SEED_STEP = 0x9e3779b97f4a7c15L;

    private final long seed;
    private final AtomicLong injected = new AtomicLong();
    private final LongAdder delayed = new LongAdder();
    private final LongAdder requestsDropped = new LongAdder();
    private final LongAdder responsesDropped = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder duplicated = new LongAdder();
    private final ArrayDeque<String> recent = new ArrayDeque<>();
    private volatile ActiveRule[] active = {};

    private Faults(long seed) {
        this.seed = seed;
    }

    /** These rules. */
    public static Faults of(long seed, FaultRule... rules) {
        return of(seed, Arrays.asList(rules));
    }

    /** These rules. */
    public static Faults of(long seed, List<FaultRule> rules) {
        Faults faults = new Faults(seed);
        faults.set(rules);
        return faults;
    }

    /** The transport with these faults; closing it closes the other one. */
    public Transport around(Transport transport) {
        return new FaultyTransport(transport, this);
    }

    /** What decides, with the numbers of calls, which calls a percentage meets. */
    public long seed() {
        return seed;
    }

    /** Other rules from now on; their calls are counted from 1. */
    public synchronized void set(List<FaultRule> rules) {
        ActiveRule[] next = new ActiveRule[rules.size()];
        for (int i = 0; i < next.length; i++) {
            next[i] = new ActiveRule(rules.get(i), seed * 31 + (i + 1) * SEED_STEP);
        }
        active = next;
        if (next.length > 0) {
            LOG.warn("faults are injected, seed {}: {}", seed, rules);
        }
    }

    /** One rule more, behind the others, which go on counting. */
    public synchronized void add(FaultRule rule) {
        ActiveRule[] next = Arrays.copyOf(active, active.length + 1);
        next[active.length] = new ActiveRule(rule, seed * 31 + next.length * SEED_STEP);
        active = next;
        LOG.warn("faults are injected, seed {}: {}", seed, rule);
    }

    /** No rules from now on; what is delayed or dropped already stays so. */
    public synchronized void clear() {
        active = new ActiveRule[0];
    }

    /** The rules, in their order. */
    public List<FaultRule> rules() {
        return Arrays.stream(active).map(ActiveRule::rule).toList();
    }

    /** Faults injected so far; a call that is both delayed and failed counts twice. */
    public long injected() {
        return injected.get();
    }

    /** In words, the latest {@value #MAX_RECENT} faults, the oldest first. */
    public List<String> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    Decision decide(Side side, String method) {
        long delayNs = 0;
        FaultAction outcome = null;
        for (ActiveRule candidate : active) {
            FaultRule rule = candidate.rule();
            if (rule.side() != side || !candidate.matches(method)) {
                continue;
            }
            long number = candidate.count();
            boolean delays = rule.action() instanceof FaultAction.Delay;
            if ((!delays && outcome != null) || !candidate.fires(number)) {
                continue;
            }
            if (rule.action() instanceof FaultAction.Delay delay) {
                delayNs += delay.ns();
            } else {
                outcome = rule.action();
            }
            note(side, method, number, rule);
        }
        return delayNs == 0 && outcome == null ? Decision.NOTHING : new Decision(delayNs, outcome);
    }

    private void note(Side side, String method, long number, FaultRule rule) {
        long total = injected.incrementAndGet();
        counter(rule.action()).increment();
        String text = side.word() + " call " + number + " of " + (method.isEmpty() ? "a stream" : method) + ": "
                + rule.action().done() + " (rule: " + rule + ")";
        synchronized (recent) {
            if (recent.size() == MAX_RECENT) {
                recent.removeFirst();
            }
            recent.addLast(text);
        }
        if (total <= MAX_LOGGED) {
            LOG.info("{}{}", text, total == MAX_LOGGED ? "; further ones are logged at DEBUG" : "");
        } else {
            LOG.debug("{}", text);
        }
    }

    private LongAdder counter(FaultAction action) {
        return switch (action) {
            case FaultAction.Delay _ -> delayed;
            case FaultAction.DropRequest _ -> requestsDropped;
            case FaultAction.DropResponse _ -> responsesDropped;
            case FaultAction.Duplicate _ -> duplicated;
            case FaultAction.Error _ -> failed;
            case FaultAction.Fail _ -> failed;
            case FaultAction.Abort _ -> failed;
        };
    }

    List<TransportMetric> metrics(List<TransportMetric> others) {
        List<TransportMetric> all = new ArrayList<>(others);
        all.add(TransportMetric.counter("faults.delayed", "calls", "delayed on purpose", delayed::sum));
        all.add(TransportMetric.counter(
                "faults.requests-dropped", "calls", "whose request was dropped on purpose", requestsDropped::sum));
        all.add(TransportMetric.counter(
                "faults.responses-dropped", "calls", "whose response was dropped on purpose", responsesDropped::sum));
        all.add(TransportMetric.counter("faults.failed", "calls", "failed on purpose", failed::sum));
        all.add(TransportMetric.counter(
                "faults.duplicated", "calls", "whose request was sent twice on purpose", duplicated::sum));
        return List.copyOf(all);
    }
}
