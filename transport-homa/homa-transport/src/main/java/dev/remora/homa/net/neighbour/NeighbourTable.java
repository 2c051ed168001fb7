package dev.remora.homa.net.neighbour;

import dev.remora.homa.net.packet.IpAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * MAC addresses of the hosts on a link, shared by all ports of an interface: answers arrive at whichever queue the NIC
 * chooses. For any thread; look-ups take no lock and allocate nothing.
 *
 * <p>Nobody on a link is authenticated, so what is believed is limited:
 * <ul>
 *   <li>An answer counts only while a question of ours is open; the first one closes it.
 *   <li>A peer's own packets to us, once they have passed all checks, confirm or change its entry.
 *   <li>Questions of others for us make a new entry, so that the reply finds its way, but change none.
 *   <li>Anything else that contradicts an entry only makes us ask again, once per {@link NeighbourTimes#probeNs}.
 * </ul>
 *
 * <p>Bounded: sets of {@value #WAYS} entries; a newcomer to a full set takes the place of the one that is missed least, never
 * that of a configured one. The set depends on a seed, so that strangers cannot aim at one.
 */
public final class NeighbourTable {
    static final int WAYS = 8;
    /** Open questions at one time. */
    static final int MAX_ASKING = 256;

    private static final int MAX_PAUSE_SHIFT = 5;
    private static final int SEEDS_TRIED = 64;

    private final NeighbourTimes times;
    private final int sets;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Neighbour[] asking = new Neighbour[MAX_ASKING];
    private final AtomicReferenceArray<@Nullable Neighbour> ways;
    /** Chosen in the constructor. */
    private long seed;
    /** With the lock for writing: entries of {@link #asking}. */
    private volatile int askingCount;
    /** Some round is fresh: due now, whatever the clock says. */
    private volatile boolean anyFresh;
    /** Earliest of the others. */
    private volatile long dueNs;

    /**
     * @param capacity most entries, rounded up to a power of two of at least {@value #WAYS}
     * @param configured MAC addresses by IP address; never asked for
     */
    public NeighbourTable(NeighbourTimes times, int capacity, long seed, Map<IpAddress, Long> configured) {
        if (capacity < 1 || capacity > 1 << 20) {
            throw new IllegalArgumentException("capacity " + capacity + " is outside 1 to 1048576");
        }
        this.times = times;
        sets = Math.max(1, Integer.highestOneBit(capacity * 2 - 1) / WAYS);
        ways = new AtomicReferenceArray<>(sets * WAYS);
        this.seed = seed;
        int tried = 0;
        while (!addAll(configured)) {
            if (++tried == SEEDS_TRIED) {
                throw new IllegalArgumentException(
                        configured.size() + " configured neighbours do not fit into a table of " + sets * WAYS);
            }
            this.seed = mix(this.seed + tried);
            for (int i = 0; i < ways.length(); i++) {
                ways.set(i, null);
            }
        }
    }

    private boolean addAll(Map<IpAddress, Long> configured) {
        for (Map.Entry<IpAddress, Long> entry : configured.entrySet()) {
            IpAddress ip = entry.getKey();
            if (!place(new Neighbour(ip.high(), ip.low(), entry.getValue(), NeighbourState.STATIC))) {
                return false;
            }
        }
        return true;
    }

    // --- sending
    // ---------------------------------------------------------------------------------------------------------

    /**
     * Where to send to, or 0 while that is unknown, in which case it is asked for.
     *
     * @param nowNs of the calling port
     */
    public long macFor(long high, long low, long nowNs) {
        Neighbour n = find(high, low);
        if (n == null) {
            want(high, low, false);
            return 0;
        }
        boolean old = n.state == NeighbourState.REACHABLE && nowNs - n.heardNs > times.reachableNs();
        if ((old || n.state == NeighbourState.STALE || n.state == NeighbourState.FAILED) && !n.asking) {
            askAgain(n, nowNs);
        }
        return n.mac;
    }

    /** What is known, without asking; 0 for nothing. */
    public long knownMac(long high, long low) {
        Neighbour n = find(high, low);
        return n == null ? 0 : n.mac;
    }

    public @Nullable NeighbourState state(long high, long low) {
        Neighbour n = find(high, low);
        return n == null ? null : n.state;
    }

    /** Has an unknown neighbour asked for; nothing happens if it is known. */
    public void want(long high, long low, boolean eager) {
        lock.lock();
        try {
            Neighbour n = find(high, low);
            if (n == null) {
                n = new Neighbour(high, low, 0, NeighbourState.INCOMPLETE);
                // Without a place among those asked it would stay unknown for ever.
                if (askingCount == MAX_ASKING || !place(n)) {
                    return;
                }
            } else if (n.mac != 0 || (n.state == NeighbourState.INCOMPLETE && n.asking)) {
                n.eager |= eager;
                return;
            }
            n.state = NeighbourState.INCOMPLETE;
            n.eager = eager;
            begin(n);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a neighbour is known or given up. Ports must be served by other threads meanwhile.
     *
     * @return whether it is known
     */
    public boolean await(long high, long low, long timeoutNs) throws InterruptedException {
        long leftNs = timeoutNs;
        lock.lockInterruptibly();
        try {
            while (true) {
                Neighbour n = find(high, low);
                if (n != null && n.mac != 0) {
                    return true;
                }
                if (n == null || n.state == NeighbourState.FAILED || leftNs <= 0) {
                    return false;
                }
                leftNs = changed.awaitNanos(leftNs);
            }
        } finally {
            lock.unlock();
        }
    }

    private void askAgain(Neighbour n, long nowNs) {
        lock.lock();
        try {
            if (n.asking || find(n.high, n.low) != n) {
                return;
            }
            if (n.state == NeighbourState.REACHABLE) {
                n.state = NeighbourState.STALE;
            }
            if (n.everAsked && nowNs - n.lastAskNs < pauseNs(n)) {
                return;
            }
            if (n.mac == 0) {
                n.state = NeighbourState.INCOMPLETE;
            }
            begin(n);
        } finally {
            lock.unlock();
        }
    }

    // --- learning
    // --------------------------------------------------------------------------------------------------------

    /** A packet of a peer on the link has come from this MAC address and passed all checks. */
    public void heard(long high, long low, long mac, long nowNs) {
        Neighbour n = find(high, low);
        if (n != null) {
            if (n.state == NeighbourState.STATIC) {
                return;
            }
            if (n.mac == mac && n.state == NeighbourState.REACHABLE) {
                n.heardNs = nowNs;
                return;
            }
        }
        set(high, low, mac, nowNs, NeighbourState.REACHABLE, false);
    }

    /** Somebody who gives this address asks for us. Returns whether that was news. */
    public boolean introduced(long high, long low, long mac, long nowNs) {
        Neighbour n = find(high, low);
        if (n != null && n.mac != 0) {
            seen(high, low, mac, nowNs);
            return false;
        }
        set(high, low, mac, nowNs, NeighbourState.STALE, false);
        return true;
    }

    /**
     * An answer has come. Returns whether a question of ours was open, so that it counted.
     *
     * @param mac as the answer says; 0 if it says nothing
     * @param override whether it may change what is known; ARP's always may
     */
    public boolean answered(long high, long low, long mac, boolean override, long nowNs) {
        Neighbour n = find(high, low);
        if (n == null || !n.asking) {
            if (mac != 0) {
                seen(high, low, mac, nowNs);
            }
            return false;
        }
        long known = n.mac;
        if (known == 0 ? mac == 0 : !override && mac != 0 && mac != known) {
            return false;
        }
        set(high, low, mac == 0 ? known : mac, nowNs, NeighbourState.REACHABLE, true);
        return true;
    }

    /**
     * Somebody said to others, or unasked, that this is its MAC address. If that contradicts what is known the neighbour is
     * asked, unless that was done just now.
     */
    public void seen(long high, long low, long mac, long nowNs) {
        Neighbour n = find(high, low);
        if (n != null && n.state != NeighbourState.STATIC && n.mac != 0 && n.mac != mac && !n.asking) {
            askAgain(n, nowNs);
        }
    }

    private void set(long high, long low, long mac, long nowNs, NeighbourState state, boolean byAnswer) {
        lock.lock();
        try {
            Neighbour n = find(high, low);
            if (n == null) {
                n = new Neighbour(high, low, mac, state);
                n.heardNs = nowNs;
                place(n);
                return;
            }
            if (n.state == NeighbourState.STATIC) {
                return;
            }
            n.answered = byAnswer || (n.answered && n.mac == mac);
            n.failures = 0;
            n.heardNs = nowNs;
            n.mac = mac;
            n.state = state;
            end(n);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // --- asking
    // ----------------------------------------------------------------------------------------------------------

    /** Whether {@link #pollQuestions} has something to do. Cheap. */
    public boolean isDue(long nowNs) {
        return askingCount > 0 && (anyFresh || nowNs - dueNs >= 0);
    }

    /** When {@link #pollQuestions} has something to do: now or later. */
    public long dueNs(long nowNs) {
        if (askingCount == 0) {
            return nowNs + times.reachableNs();
        }
        return anyFresh || nowNs - dueNs >= 0 ? nowNs : dueNs;
    }

    /** Has the due questions asked and gives up those that stayed without an answer. Returns the number asked. */
    public int pollQuestions(long nowNs, Asker asker) {
        // Another port is at it: one is enough.
        if (!lock.tryLock()) {
            return 0;
        }
        try {
            int sent = 0;
            anyFresh = false;
            for (int i = askingCount - 1; i >= 0; i--) {
                Neighbour n = asking[i];
                if (n.fresh) {
                    n.fresh = false;
                    long pauseNs = n.eager ? times.askNs() : pauseNs(n);
                    n.nextAskNs = n.everAsked && nowNs - n.lastAskNs < pauseNs ? n.lastAskNs + pauseNs : nowNs;
                }
                if (nowNs - n.nextAskNs < 0) {
                    continue;
                }
                if (n.asked >= (n.mac == 0 ? times.asks() : times.probes())) {
                    giveUp(n, nowNs);
                } else if (asker.ask(n.high, n.low, n.asked < times.probes() / 2 ? n.mac : 0)) {
                    n.asked++;
                    n.everAsked = true;
                    n.lastAskNs = nowNs;
                    n.nextAskNs = nowNs + (n.mac == 0 ? times.askNs() : times.probeNs());
                    sent++;
                } else {
                    // The device is full; the next call may be the same nanosecond.
                    n.nextAskNs = nowNs + times.askNs() / 16;
                }
            }
            dueNs = earliest(nowNs);
            return sent;
        } finally {
            lock.unlock();
        }
    }

    private long earliest(long nowNs) {
        long earliest = nowNs + times.reachableNs();
        for (int i = 0; i < askingCount; i++) {
            if (asking[i].nextAskNs - earliest < 0) {
                earliest = asking[i].nextAskNs;
            }
        }
        return earliest;
    }

    private void giveUp(Neighbour n, long nowNs) {
        n.mac = 0;
        n.state = NeighbourState.FAILED;
        n.failures++;
        // The pause counts from here.
        n.lastAskNs = nowNs;
        end(n);
        changed.signalAll();
    }

    private long pauseNs(Neighbour n) {
        return n.failures == 0 ? times.probeNs() : times.pauseNs() << Math.min(n.failures - 1, MAX_PAUSE_SHIFT);
    }

    /** Begins a round of questions. If there is no place for it the entry stays as it is, and is wanted again at its next use. */
    private void begin(Neighbour n) {
        if (n.asking) {
            return;
        }
        if (askingCount == MAX_ASKING) {
            if (n.state == NeighbourState.INCOMPLETE) {
                n.state = NeighbourState.FAILED;
            }
            return;
        }
        n.asked = 0;
        n.fresh = true;
        n.asking = true;
        int count = askingCount;
        asking[count] = n;
        askingCount = count + 1;
        anyFresh = true;
    }

    private void end(Neighbour n) {
        if (!n.asking) {
            return;
        }
        n.asking = false;
        n.eager = false;
        int last = askingCount - 1;
        for (int i = 0; i <= last; i++) {
            if (asking[i] == n) {
                asking[i] = asking[last];
                askingCount = last;
                return;
            }
        }
    }

    // --- the table
    // -------------------------------------------------------------------------------------------------------

    /** Entries; slow. */
    public int size() {
        int size = 0;
        for (int i = 0; i < ways.length(); i++) {
            size += ways.get(i) == null ? 0 : 1;
        }
        return size;
    }

    private @Nullable Neighbour find(long high, long low) {
        int set = set(high, low);
        for (int i = set; i < set + WAYS; i++) {
            Neighbour n = ways.get(i);
            if (n != null && n.is(high, low)) {
                return n;
            }
        }
        return null;
    }

    /** Gives a new entry a place. False if the set is full of entries that must not go. */
    private boolean place(Neighbour newcomer) {
        int set = set(newcomer.high, newcomer.low);
        int best = -1;
        for (int i = set; i < set + WAYS; i++) {
            Neighbour n = ways.get(i);
            if (n == null) {
                best = i;
                break;
            }
            if (n.state != NeighbourState.STATIC && (best < 0 || isMissedLess(n, ways.get(best)))) {
                best = i;
            }
        }
        if (best < 0) {
            return false;
        }
        Neighbour old = ways.get(best);
        ways.set(best, newcomer);
        if (old != null) {
            end(old);
            // Somebody may wait for the one that had to go.
            changed.signalAll();
        }
        return true;
    }

    private static boolean isMissedLess(Neighbour a, @Nullable Neighbour b) {
        if (b == null) {
            return false;
        }
        int rank = worth(a) - worth(b);
        return rank < 0 || (rank == 0 && a.heardNs - b.heardNs < 0);
    }

    private static int worth(Neighbour n) {
        return switch (n.state) {
            case FAILED -> 0;
            case INCOMPLETE -> 2;
            case REACHABLE, STALE -> n.answered ? 3 : 1;
            case STATIC -> 4;
        };
    }

    private int set(long high, long low) {
        return ((int) (mix(mix(high ^ seed) + low) >>> 32) & sets - 1) * WAYS;
    }

    private static long mix(long v) {
        long z = (v ^ v >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
