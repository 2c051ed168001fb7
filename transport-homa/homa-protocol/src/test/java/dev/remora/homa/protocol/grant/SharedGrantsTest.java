package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SharedGrantsTest {
    private static final long BUDGET = 10_000;

    private final SharedGrants all = new SharedGrants(3);
    private final GrantShare a = new GrantShare(all, 0);
    private final GrantShare b = new GrantShare(all, 1);

    private static void publish(GrantShare share, int active, int needy) {
        share.publish(active, active, needy, SharedGrants.NO_RANKS);
    }

    @Test
    void whatOneHasTakenTheOtherHasNot() {
        assertThat(a.take(7_000, BUDGET, 0)).isEqualTo(7_000);
        a.account(7_000);
        assertThat(a.room(BUDGET, 7_000)).isEqualTo(3_000);
        assertThat(b.take(7_000, BUDGET, 0)).isEqualTo(3_000);
        b.account(3_000);
        assertThat(b.take(1, BUDGET, 3_000)).isZero();
        // Data have come, and the others know it after the burst.
        a.account(-2_000);
        assertThat(b.room(BUDGET, 3_000)).isZero();
        assertThat(a.room(BUDGET, 5_000)).isEqualTo(2_000);
        publish(a, 1, 0);
        assertThat(b.room(BUDGET, 3_000)).isEqualTo(2_000);
        assertThat(all.totalIncoming()).isEqualTo(8_000);
    }

    @Test
    void whenOneFindsNoBudgetNoneHasMoreThanAnEqualPart() {
        assertThat(a.take(8_000, BUDGET, 0)).isEqualTo(8_000);
        a.account(8_000);
        publish(a, 2, 0);
        assertThat(a.room(BUDGET, 8_000)).isEqualTo(2_000);
        publish(b, 1, 1);
        assertThat(a.room(BUDGET, 8_000)).isEqualTo(-3_000);
        assertThat(a.take(500, BUDGET, 8_000)).isZero();
        assertThat(b.take(9_000, BUDGET, 0)).isEqualTo(2_000);
        b.account(2_000);
        publish(b, 1, 0);
        a.account(-1_000);
        publish(a, 2, 0);
        assertThat(a.room(BUDGET, 7_000)).isEqualTo(1_000);
    }

    @Test
    void slotsAreAnEqualPartOrWhatTheOthersLeave() {
        assertThat(a.slots(8)).isEqualTo(8);
        publish(b, 2, 0);
        assertThat(a.slots(8)).isEqualTo(6);
        publish(b, 8, 0);
        assertThat(a.slots(8)).isEqualTo(4);
        publish(new GrantShare(all, 2), 8, 0);
        assertThat(a.slots(8)).isEqualTo(3);
        assertThat(a.slots(1)).isEqualTo(1);
        assertThat(a.activeElsewhere()).isEqualTo(16);
        assertThat(a.demanding()).isEqualTo(3);
        publish(b, 0, 0);
        assertThat(a.demanding()).isEqualTo(2);
    }

    @Test
    void ranksFollowTheBytesRemaining() {
        int before = -1;
        for (int remaining = 0;
                remaining <= 1_000_000;
                remaining = remaining < 20 ? remaining + 1 : remaining * 9 / 8) {
            int rank = SharedGrants.rank(remaining);
            assertThat(rank).as("%d bytes", remaining).isBetween(before, 200);
            before = rank;
        }
        assertThat(SharedGrants.rank(1_000)).isLessThan(SharedGrants.rank(1_200));
        assertThat(SharedGrants.rank(Integer.MAX_VALUE)).isLessThan(255);
    }

    @Test
    void theBestEightRanksAreKnownElsewhere() {
        long ranks = SharedGrants.NO_RANKS;
        for (int remaining = 100_000; remaining > 0; remaining -= 10_000) {
            ranks = SharedGrants.withRank(ranks, SharedGrants.rank(remaining));
        }
        b.publish(10, 10, 0, ranks);
        assertThat(a.betterElsewhere(5_000)).isZero();
        assertThat(a.betterElsewhere(25_000)).isEqualTo(2);
        assertThat(a.betterElsewhere(1_000_000)).isEqualTo(8);
        assertThat(b.betterElsewhere(1_000_000)).as("one's own").isZero();
        publish(b, 0, 0);
        assertThat(a.betterElsewhere(1_000_000)).isZero();
    }

    /** The sum is kept apart, under the same rule of taking before and giving back after. */
    @Test
    void threadsTogetherNeverTakeMoreThanTheBudget() throws InterruptedException {
        AtomicLong taken = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicLong times = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int shard = i;
            threads.add(Thread.ofPlatform().start(() -> {
                GrantShare share = new GrantShare(all, shard);
                Random random = new Random(shard);
                long own = 0;
                for (int round = 0; round < 200_000; round++) {
                    long got = share.take(1 + random.nextInt(6_000), BUDGET, own);
                    share.account(got);
                    own += got;
                    if (got > 0) {
                        times.incrementAndGet();
                        most.accumulateAndGet(taken.addAndGet(got), Math::max);
                    }
                    if (own > 0 && random.nextInt(3) > 0) {
                        long back = 1 + random.nextLong(own);
                        taken.addAndGet(-back);
                        share.account(-back);
                        own -= back;
                    }
                    share.publish(own > 0 ? 1 : 0, own > 0 ? 1 : 0, got == 0 ? 1 : 0, SharedGrants.NO_RANKS);
                }
                taken.addAndGet(-own);
                share.account(-own);
                share.publish(0, 0, 0, SharedGrants.NO_RANKS);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isPositive().isLessThanOrEqualTo(BUDGET);
        assertThat(times.get()).isGreaterThan(1_000);
        assertThat(all.totalIncoming()).isZero();
        assertThat(new GrantShare(all, 0).demanding()).isEqualTo(1);
    }
}
