package dev.remora.runtime.resolve;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A resolver that looks again and again, on a virtual thread of its own: when what it found is no longer valid, or soon when
 * it is asked to. After failures it waits longer and longer, beginning with the shortest time. Never sooner than {@code minPauseNs} after the last time.
 */
final class PollingResolver implements NameResolver {
    private static final Logger LOG = LoggerFactory.getLogger(PollingResolver.class);

    /** What is looked up. May block; one thread at a time. */
    interface Lookup extends AutoCloseable {
        Found look() throws ResolveFailure, InterruptedException;

        /** Begins, before the first look; {@code changed} may be called when something seems to have changed. */
        default void open(Runnable changed) {}

        @Override
        default void close() {}
    }

    /** @param validNs how long it need not be looked up again */
    record Found(List<ServerAddress> addresses, long validNs) {}

    private final String target;
    private final Lookup lookup;
    private final long minPauseNs;
    private final long maxPauseNs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean refreshWanted;
    private @Nullable Thread thread;
    private volatile boolean closed;

    PollingResolver(Target target, Lookup lookup, long minPauseNs, long maxPauseNs) {
        this.target = target.text();
        this.lookup = lookup;
        this.minPauseNs = minPauseNs;
        this.maxPauseNs = Math.max(minPauseNs, maxPauseNs);
    }

    @Override
    public void start(Listener listener) {
        lock.lock();
        try {
            if (thread != null || closed) {
                throw new IllegalStateException("the resolver of " + target + " was started or closed already");
            }
            thread = Thread.ofVirtual().name("remora-resolver " + target).start(() -> run(listener));
        } finally {
            lock.unlock();
        }
    }

    private void run(Listener listener) {
        try {
            lookup.open(this::refresh);
            FailurePause pause = new FailurePause(minPauseNs, maxPauseNs);
            while (!closed) {
                long startNs = System.nanoTime();
                await(startNs, lookAndTell(listener, pause));
            }
        } catch (InterruptedException e) {
            // close() does that; nobody else has this thread.
            LOG.trace("the resolver of {} ends", target, e);
        } finally {
            lookup.close();
        }
    }

    /** @return how long to wait, at least until the next one */
    private long lookAndTell(Listener listener, FailurePause pause) throws InterruptedException {
        try {
            Found found = lookup.look();
            if (!closed) {
                listener.onAddresses(bounded(found.addresses()));
            }
            pause.reset();
            return Math.clamp(found.validNs(), minPauseNs, maxPauseNs);
        } catch (ResolveFailure e) {
            tell(listener, String.valueOf(e.getMessage()), e.getCause());
        } catch (RuntimeException e) {
            LOG.warn("the resolver of {} failed unexpectedly", target, e);
            tell(listener, e.toString(), e);
        }
        return pause.nextNs();
    }

    private void tell(Listener listener, String what, @Nullable Throwable cause) {
        if (!closed) {
            listener.onFailure(what, cause);
        }
    }

    private List<ServerAddress> bounded(List<ServerAddress> addresses) {
        if (addresses.size() <= MAX_ADDRESSES) {
            return addresses;
        }
        LOG.warn("{} has {} addresses; all after the first {} are left out", target, addresses.size(), MAX_ADDRESSES);
        return addresses.subList(0, MAX_ADDRESSES);
    }

    private void await(long startNs, long pauseNs) throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long passedNs = System.nanoTime() - startNs;
                long leftNs = (refreshWanted ? minPauseNs : pauseNs) - passedNs;
                if (leftNs <= 0) {
                    refreshWanted = false;
                    return;
                }
                changed.await(leftNs, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void refresh() {
        lock.lock();
        try {
            refreshWanted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
