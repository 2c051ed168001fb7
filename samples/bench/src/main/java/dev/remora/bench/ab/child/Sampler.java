package dev.remora.bench.ab.child;

import com.sun.management.GarbageCollectionNotificationInfo;
import dev.remora.bench.ab.side.Traffic;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Looks at the counters of a process once per second of the measured time, on a thread of its own. */
final class Sampler {
    private static final AtomicLong LONGEST_GC_MS = new AtomicLong();

    private final List<Long> grants = new ArrayList<>();
    private final List<Long> retransmissions = new ArrayList<>();
    private final Thread thread;

    private Sampler(Traffic traffic, long fromEpochNs, int seconds) {
        thread = Thread.ofPlatform().daemon().name("bench-sampler").start(() -> run(traffic, fromEpochNs, seconds));
    }

    /** Once per process: from here on it knows of garbage collections. */
    static void watchCollections() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                var info = GarbageCollectionNotificationInfo.from(
                                        (CompositeData) notification.getUserData());
                                LONGEST_GC_MS.accumulateAndGet(info.getGcInfo().getDuration(), Math::max);
                            },
                            null,
                            null);
        }
    }

    /** @param seconds of the measured time, which begins at {@code fromEpochNs} */
    static Sampler start(Traffic traffic, long fromEpochNs, int seconds) {
        return new Sampler(traffic, fromEpochNs, seconds);
    }

    private void run(Traffic traffic, long fromEpochNs, int seconds) {
        try {
            for (int i = 0; i <= seconds; i++) {
                sleepUntil(fromEpochNs + i * 1_000_000_000L);
                if (i == 0) {
                    LONGEST_GC_MS.set(0);
                }
                grants.add(traffic.grants());
                retransmissions.add(traffic.retransmissions());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleepUntil(long epochNs) throws InterruptedException {
        Instant now = Instant.now();
        long leftNs = epochNs - (now.getEpochSecond() * 1_000_000_000L + now.getNano());
        if (leftNs > 0) {
            Thread.sleep(leftNs / 1_000_000, (int) (leftNs % 1_000_000));
        }
    }

    /** Waits for the last look. */
    Sampled await() throws InterruptedException {
        thread.join();
        return new Sampled(List.copyOf(grants), List.copyOf(retransmissions), LONGEST_GC_MS.get());
    }
}
