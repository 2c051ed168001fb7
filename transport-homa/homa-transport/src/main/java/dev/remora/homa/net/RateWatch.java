package dev.remora.homa.net;

import dev.remora.homa.protocol.Tunable;
import dev.remora.spi.TransportMetric;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the rate of the link is not what it is taken for. Pacing, grants and unscheduled bytes follow that rate: one set too
 * high fills queues that nobody orders by priority, one too low leaves the link idle.
 *
 * <p>Set too low: more arrives or leaves than the link is said to carry. Set too high: frames wait in the device, or find no room
 * there, although the pacer believes that they leave at once, again and again through a whole second, and less leaves in that
 * second than the rate. (Also so if others use the link; they cannot be seen from here, and it is said.)
 *
 * <p>A second in which either is so may be chance, three in a row are not; ten in which neither is so make it good again. Seconds
 * with pauses of the engines do not count at all. Each of the two is logged once. For all ports of the interface, on their
 * threads: whichever comes first does it for all.
 */
final class RateWatch {
    static final long SLICE_NS = 50_000_000;
    static final int SLICES = 20;
    static final int SURE_WINDOWS = 3;
    static final int GOOD_WINDOWS = 10;
    private static final int FULL_SLICES = 15;
    private static final int TOO_LOW_PERCENT = 110;
    private static final int TOO_HIGH_PERCENT = 80;

    private static final Logger log = LoggerFactory.getLogger(RateWatch.class);

    /** What is wrong with the rate. */
    enum Doubt {
        NONE,
        TOO_HIGH,
        TOO_LOW
    }

    /** What a port counts. */
    interface Meter {
        /** With all that a frame takes on the wire. */
        long sentWireBytes();

        long receivedWireBytes();

        /** Times the device took no more frames, threw some away, or was seen to hold many. */
        long fullCount();
    }

    private final String name;
    private final int rateMbps;
    private final List<Meter> meters = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long nextNs;
    private volatile boolean began;

    private volatile Doubt doubt = Doubt.NONE;
    private volatile int sentMbps;
    private volatile int receivedMbps;

    // With the lock.
    private Doubt suspected = Doubt.NONE;
    private int suspectWindows;
    private int goodWindows;
    private long suspectMbps;
    private final boolean[] logged = new boolean[Doubt.values().length];
    private long windowNs;
    private long sliceNs;
    private int slices;
    private int fullSlices;
    private long sent;
    private long received;
    private long full;

    /**
     * @param name of the interface, for the log
     * @param linkMbps as set, or as the device says; 0 if neither, and the protocol's default is used
     */
    RateWatch(String name, int linkMbps) {
        this.name = name;
        rateMbps = linkMbps == 0 ? (int) Tunable.LINK_MBPS.standard() : linkMbps;
    }

    void join(Meter meter) {
        meters.add(meter);
    }

    void leave(Meter meter) {
        // What it has counted goes with it, so this second does not count.
        lock.lock();
        try {
            meters.remove(meter);
            began = false;
        } finally {
            lock.unlock();
        }
    }

    /** To be called often. */
    void look(long nowNs) {
        if ((began && nowNs - nextNs < 0) || !lock.tryLock()) {
            return;
        }
        try {
            if (!began) {
                beginWindow(nowNs);
            } else if (nowNs - nextNs >= 0) {
                slice(nowNs);
            }
        } finally {
            lock.unlock();
        }
    }

    private void beginWindow(long nowNs) {
        began = true;
        windowNs = nowNs;
        sliceNs = nowNs;
        nextNs = nowNs + SLICE_NS;
        slices = 0;
        fullSlices = 0;
        sent = sum(Meter::sentWireBytes);
        received = sum(Meter::receivedWireBytes);
        full = sum(Meter::fullCount);
    }

    private void slice(long nowNs) {
        if (nowNs - sliceNs > 2 * SLICE_NS) {
            // Nobody was there to send: nothing can be said.
            beginWindow(nowNs);
            return;
        }
        long nowFull = sum(Meter::fullCount);
        if (nowFull != full) {
            full = nowFull;
            fullSlices++;
        }
        sliceNs = nowNs;
        nextNs = nowNs + SLICE_NS;
        slices++;
        if (slices == SLICES) {
            long ns = nowNs - windowNs;
            sentMbps = mbps(sum(Meter::sentWireBytes) - sent, ns);
            receivedMbps = mbps(sum(Meter::receivedWireBytes) - received, ns);
            judge();
            beginWindow(nowNs);
        }
    }

    private void judge() {
        int most = Math.max(sentMbps, receivedMbps);
        Doubt seen = Doubt.NONE;
        if (most > (long) rateMbps * TOO_LOW_PERCENT / 100) {
            seen = Doubt.TOO_LOW;
        } else if (fullSlices >= FULL_SLICES && sentMbps < (long) rateMbps * TOO_HIGH_PERCENT / 100) {
            seen = Doubt.TOO_HIGH;
            most = sentMbps;
        }
        if (seen == Doubt.NONE) {
            suspected = Doubt.NONE;
            goodWindows++;
            if (goodWindows >= GOOD_WINDOWS) {
                doubt = Doubt.NONE;
            }
            return;
        }
        goodWindows = 0;
        if (seen != suspected) {
            suspected = seen;
            suspectWindows = 0;
            suspectMbps = 0;
        }
        suspectWindows++;
        suspectMbps += most;
        if (suspectWindows >= SURE_WINDOWS) {
            doubt = seen;
            report(seen, suspectMbps / suspectWindows);
        }
    }

    private void report(Doubt what, long mbps) {
        if (logged[what.ordinal()]) {
            return;
        }
        logged[what.ordinal()] = true;
        long rounded = round(mbps);
        if (what == Doubt.TOO_LOW) {
            log.warn(
                    "the link of {} carries {} Mbit/s and more, and is taken for one of {}: set remora.homa.link-mbps ="
                            + " {} or what it really has",
                    name,
                    mbps,
                    rateMbps,
                    rounded);
        } else {
            log.warn(
                    "the queue to the link of {} is full and only {} Mbit/s leave, and the link is taken for one of {}: set"
                            + " remora.homa.link-mbps = {}, unless other traffic takes the rest",
                    name,
                    mbps,
                    rateMbps,
                    rounded);
        }
    }

    /** To two digits: it is no precise figure. */
    static long round(long mbps) {
        long unit = 1;
        while (mbps / unit >= 100) {
            unit *= 10;
        }
        return Math.max(1, (mbps + unit / 2) / unit * unit);
    }

    private static int mbps(long bytes, long ns) {
        return (int) Math.min(Integer.MAX_VALUE, (long) (bytes * 8_000.0 / ns));
    }

    private long sum(java.util.function.ToLongFunction<Meter> value) {
        long sum = 0;
        for (Meter meter : meters) {
            sum += value.applyAsLong(meter);
        }
        return sum;
    }

    Doubt doubt() {
        return doubt;
    }

    List<TransportMetric> metrics() {
        return List.of(
                TransportMetric.gauge("link.rate-mbps", "Mbit/s", "rate that pacing and grants follow", () -> rateMbps),
                TransportMetric.gauge(
                        "link.sent-mbps", "Mbit/s", "what left in the last full second of activity", () -> sentMbps),
                TransportMetric.gauge("link.received-mbps", "Mbit/s", "what came in that second", () -> receivedMbps),
                TransportMetric.gauge(
                        "link.rate-doubt",
                        "",
                        "0: the rate fits what is seen; 1: it seems set too high; 2: too low",
                        () -> doubt.ordinal()));
    }
}
