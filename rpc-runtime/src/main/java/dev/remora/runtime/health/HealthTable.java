package dev.remora.runtime.health;

import dev.remora.runtime.health.v1.ServingStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The health of all services of a server, with waiting for changes. Reading takes no lock. For any thread. */
final class HealthTable {
    /** The names come from the program, not from the network: this only stops one that makes names without end. */
    static final int MAX_SERVICES = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Random, so that a client never takes the status of a server started anew for the one it knows.
    private long lastVersion = ThreadLocalRandom.current().nextLong(1L << 32, 1L << 62);
    private volatile Map<String, Health> entries = Map.of();
    private volatile boolean ended;

    /** Whether this is for good: the server drains. */
    boolean ended() {
        return ended;
    }

    Map<String, Health> all() {
        return entries;
    }

    Health get(String service) {
        return entries.getOrDefault(service, Health.UNKNOWN);
    }

    /** Without effect after {@link #end}. */
    void set(String service, ServingStatus status) {
        lock.lock();
        try {
            Health known = entries.get(service);
            if (!ended && (known == null || known.status() != status)) {
                put(service, status);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sets it if there is none yet. */
    void setIfAbsent(String service, ServingStatus status) {
        lock.lock();
        try {
            if (!entries.containsKey(service)) {
                set(service, status);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Everything is NOT_SERVING from now on. */
    void end() {
        lock.lock();
        try {
            for (Map.Entry<String, Health> each : entries.entrySet()) {
                if (each.getValue().status() != ServingStatus.NOT_SERVING) {
                    put(each.getKey(), ServingStatus.NOT_SERVING);
                }
            }
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void put(String service, ServingStatus status) {
        if (entries.size() >= MAX_SERVICES && !entries.containsKey(service)) {
            throw new IllegalStateException("the health of " + MAX_SERVICES + " services is known already");
        }
        Map<String, Health> next = new HashMap<>(entries);
        next.put(service, new Health(status, ++lastVersion));
        entries = Map.copyOf(next);
    }

    /**
     * Waits until a service's version is another one, the table is at its end, the time is over, or nobody wants to know any
     * more ({@link #wake} makes it look).
     */
    Health awaitChange(String service, long knownVersion, long maxWaitNs, BooleanSupplier givenUp)
            throws InterruptedException {
        long left = maxWaitNs;
        lock.lockInterruptibly();
        try {
            Health now = get(service);
            while (now.version() == knownVersion && !ended && left > 0 && !givenUp.getAsBoolean()) {
                left = changed.awaitNanos(left);
                now = get(service);
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
