package dev.remora.runtime.balance;

import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Sets peers aside that fail, and lets them back. Two ways aside:
 *
 * <ol>
 *   <li><b>Back-off</b>: a peer that is not there, from the first failure on, for times that double. Nothing limits how many:
 *       calls to them would be lost anyway.
 *   <li><b>Ejection</b>: a peer that is there and fails: some calls in a row, or more of them than the median peer. For longer
 *       times, and of a part of the peers only, since failures of all have another reason.
 * </ol>
 *
 * When its time is over a peer is on probation: one call at a time, until one succeeds. Called under the balancer's lock.
 */
final class Setbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Setbacks.class);
    private static final int MAX_DOUBLINGS = 20;

    private final String channel;
    private final RandomGenerator random;
    private final long backOffNs;
    private final long maxBackOffNs;
    private final double gap;
    private final long minCalls;
    private final long intervalNs;
    private final long ejectNs;
    private final long maxEjectNs;
    private final long maxPercent;
    private final LongAdder ejections = new LongAdder();
    private long nextComparisonNs;

    Setbacks(String channel, SettingValues values, RandomGenerator random, long nowNs) {
        this.channel = channel;
        this.random = random;
        backOffNs = values.get(BalanceSettings.BACK_OFF);
        maxBackOffNs = Math.max(backOffNs, values.get(BalanceSettings.MAX_BACK_OFF));
        gap = values.get(BalanceSettings.EJECT_GAP);
        minCalls = values.get(BalanceSettings.EJECT_MIN_CALLS);
        intervalNs = values.get(BalanceSettings.EJECT_INTERVAL);
        ejectNs = values.get(BalanceSettings.EJECT_TIME);
        maxEjectNs = Math.max(ejectNs, values.get(BalanceSettings.EJECT_MAX_TIME));
        maxPercent = values.get(BalanceSettings.EJECT_MAX_PERCENT);
        nextComparisonNs = nowNs + intervalNs;
    }

    /** How often a peer was ejected. */
    long ejections() {
        return ejections.sum();
    }

    /**
     * Works out what the calls since the last time mean.
     *
     * @return whether a peer turned out not to be there
     */
    boolean update(Collection<Peer> peers, long nowNs) {
        boolean unreachable = false;
        for (Peer peer : peers) {
            endTrial(peer, nowNs);
            if (peer.takeSawUnreachable()) {
                backOff(peer, nowNs);
                unreachable = true;
            } else if (peer.phase() == Peer.ASIDE && nowNs - peer.record.asideUntilNs >= 0) {
                peer.probe();
            }
        }
        for (Peer peer : peers) {
            if (peer.phase() == Peer.ACTIVE && peer.hasFailedTooOften() && roomToEject(peers) > 0) {
                eject(peer, nowNs, "calls in a row failed, the last with " + peer.lastFailure());
            }
        }
        if (nowNs - nextComparisonNs >= 0) {
            nextComparisonNs = nowNs + intervalNs;
            compare(peers, nowNs);
        }
        return unreachable;
    }

    /** When there is something to do next: nanoseconds from now, at least 0. */
    long nextNs(Collection<Peer> peers, long nowNs) {
        long next = peers.size() > 1 && gap < 1 ? nextComparisonNs - nowNs : Long.MAX_VALUE;
        for (Peer peer : peers) {
            if (peer.phase() == Peer.ASIDE) {
                next = Math.min(next, peer.record.asideUntilNs - nowNs);
            }
        }
        return Math.max(0, next);
    }

    private void endTrial(Peer peer, long nowNs) {
        Boolean wentWell = peer.takeTrialEnd();
        if (wentWell == null || peer.phase() != Peer.PROBATION) {
            return;
        }
        // Who answers badly is there all the same, so only an ejected peer goes on being aside for that.
        if (wentWell || !peer.record.ejected) {
            LOG.atLevel(peer.record.ejected ? Level.INFO : Level.DEBUG).log("{}: {} takes calls again", channel, peer);
            peer.record.backOffs = 0;
            peer.record.reason = "";
            peer.record.ejected = false;
            peer.activate();
        } else {
            eject(peer, nowNs, "the call that tried it failed with " + peer.lastFailure());
        }
    }

    private void backOff(Peer peer, long nowNs) {
        PeerRecord record = peer.record;
        double factor = 0.75 + 0.5 * random.nextDouble(); // so that not all clients come back at one moment
        long ns = Math.min(maxBackOffNs, backOffNs << Math.min(record.backOffs, MAX_DOUBLINGS));
        record.backOffs = Math.min(record.backOffs + 1, MAX_DOUBLINGS);
        record.asideUntilNs = nowNs + Math.round(ns * factor);
        record.ejected = false;
        record.reason = "" + peer.lastFailure();
        peer.setAside();
        LOG.debug("{}: {} is left alone for {} ms: {}", channel, peer, ns / 1_000_000, record.reason);
    }

    private void eject(Peer peer, long nowNs, String why) {
        PeerRecord record = peer.record;
        record.ejections = Math.min(record.ejections + 1, 1_000_000);
        long ns = record.ejections > maxEjectNs / ejectNs ? maxEjectNs : ejectNs * record.ejections;
        record.asideUntilNs = nowNs + ns;
        record.ejected = true;
        record.reason = why;
        peer.setAside();
        ejections.increment();
        LOG.warn("{}: {} is ejected for {} ms: {}", channel, peer, ns / 1_000_000, why);
    }

    /** How many more may be ejected. */
    private long roomToEject(Collection<Peer> peers) {
        if (maxPercent == 0 || peers.size() < 2) {
            return 0;
        }
        long ejected = peers.stream()
                .filter(peer -> peer.record.ejected && peer.phase() != Peer.ACTIVE)
                .count();
        return Math.max(1, peers.size() * maxPercent / 100) - ejected;
    }

    private record Rate(Peer peer, double rate) {}

    private void compare(Collection<Peer> peers, long nowNs) {
        List<Rate> rates = new ArrayList<>();
        for (Peer peer : peers) {
            Rate rate = rate(peer);
            if (peer.phase() == Peer.ACTIVE) {
                peer.record.ejections = Math.max(0, peer.record.ejections - 1);
                if (rate != null) {
                    rates.add(rate);
                }
            }
        }
        if (rates.size() < 2) {
            return;
        }
        rates.sort(Comparator.comparingDouble(Rate::rate));
        double median = rates.get(rates.size() / 2).rate();
        for (Rate one : rates) {
            if (one.rate() >= median - gap || roomToEject(peers) <= 0) {
                return;
            }
            eject(
                    one.peer(),
                    nowNs,
                    Math.round(one.rate() * 100) + " % of its calls succeeded, of those of the median server "
                            + Math.round(median * 100) + " %");
        }
    }

    /** Over the calls since the last comparison; null if these are too few. */
    private @Nullable Rate rate(Peer peer) {
        PeerRecord record = peer.record;
        long succeeded = peer.succeededCalls();
        long failed = peer.failedCalls();
        long good = succeeded - record.comparedSucceeded;
        long calls = good + failed - record.comparedFailed;
        record.comparedSucceeded = succeeded;
        record.comparedFailed = failed;
        return calls < minCalls || calls == 0 ? null : new Rate(peer, (double) good / calls);
    }
}
