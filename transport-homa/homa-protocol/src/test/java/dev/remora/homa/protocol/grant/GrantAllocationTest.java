package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Thousands of messages under incast: nothing is allocated once the arrays have grown. */
class GrantAllocationTest {

    private static final int MESSAGES = 5000;
    private static final int PEERS = 50;
    private static final int STEP = 30_000;

    private final GrantSettings settings = new GrantSettings();
    private long granted;
    private final GrantScheduler scheduler =
            new GrantScheduler(settings, (m, offset, level, fifo) -> granted += level + 1);
    private final Grantable[] messages = new Grantable[MESSAGES];
    private final PeerGrants[] peers = new PeerGrants[PEERS];
    private long nowNs;
    private int highest;

    /** All messages start, then all are received in turn as far as granted, then all end; some of them by death. */
    private void round() {
        for (int i = 0; i < MESSAGES; i++) {
            Grantable message = messages[i];
            message.length = 50_000 + (i * 7919) % 100_000;
            message.unscheduled = 10_000;
            message.granted = 10_000;
            message.received = 1424;
            message.birthNs = nowNs;
            message.peer = peers[i * 31 % PEERS];
            scheduler.onData(message, nowNs++);
        }
        highest = Math.max(highest, scheduler.queued());
        int left = MESSAGES;
        while (left > 0) {
            int before = left;
            long grantedBefore = granted;
            for (int i = 0; i < MESSAGES; i++) {
                Grantable message = messages[i];
                if (!scheduler.isManaged(message)) {
                    continue;
                }
                nowNs += 1000;
                message.received = Math.min(message.granted, message.received + STEP);
                if (i % 10 == 0 && message.received > 20_000) {
                    scheduler.onDead(message, nowNs);
                } else {
                    scheduler.onData(message, nowNs);
                }
                if (!scheduler.isManaged(message)) {
                    message.resetGrants();
                    left--;
                }
            }
            nowNs += 1_000_000;
            scheduler.onTick(nowNs);
            if (left == before && granted == grantedBefore) {
                throw new IllegalStateException("no progress, " + left + " left");
            }
        }
    }

    @Test
    void noAllocationAfterWarmUp() {
        for (int i = 0; i < PEERS; i++) {
            peers[i] = new PeerGrants();
        }
        for (int i = 0; i < MESSAGES; i++) {
            messages[i] = new Grantable();
        }
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        round();
        round();
        threads.getThreadAllocatedBytes(thread);
        long checksBefore = scheduler.grantChecks();
        long before = threads.getThreadAllocatedBytes(thread);
        round();
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        long checks = scheduler.grantChecks() - checksBefore;
        assertThat(highest).as("most messages are queued").isGreaterThan(MESSAGES - 100);
        assertThat(checks).isGreaterThan(MESSAGES);
        // One object per message would be above 100 KB; a little is left for the measurement itself.
        assertThat(bytes).as("bytes allocated in %d grant checks", checks).isLessThan(1000);
        assertThat(scheduler.totalIncoming()).isZero();
        assertThat(granted).isPositive();
    }
}
