package dev.remora.homa.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventQueueTest {
    private final EventQueue events = new EventQueue(1);
    private final List<String> ran = new ArrayList<>();

    @Test
    void eventsRunInOrderOfTimeAndTheClockFollows() {
        events.schedule(30, note("c"));
        events.schedule(10, note("a"));
        events.schedule(20, note("b"));
        while (events.step()) {
            ran.add("@" + events.nowNs());
        }
        assertThat(ran).containsExactly("a 10", "@10", "b 20", "@20", "c 30", "@30");
    }

    @Test
    void eventsOfOneTimeRunInTheOrderInWhichTheyWereScheduled() {
        for (int i = 0; i < 100; i++) {
            events.schedule(i % 2 == 0 ? 7 : 8, note("e" + i));
        }
        while (events.step()) {}
        for (int i = 0; i < 50; i++) {
            assertThat(ran.get(i)).isEqualTo("e" + 2 * i + " 7");
            assertThat(ran.get(50 + i)).isEqualTo("e" + (2 * i + 1) + " 8");
        }
    }

    @Test
    void thePastCountsAsNow() {
        events.runUntil(100);
        events.schedule(5, note("late"));
        events.step();
        assertThat(ran).containsExactly("late 100");
        assertThat(events.nowNs()).isEqualTo(100);
    }

    @Test
    void runUntilRunsWhatIsDueAndLeavesTheRest() {
        events.schedule(10, note("a"));
        events.schedule(11, note("b"));
        events.runUntil(10);
        assertThat(ran).containsExactly("a 10");
        assertThat(events.size()).isEqualTo(1);
        assertThat(events.nextTimeNs()).isEqualTo(11);
    }

    @Test
    void eventsFarAheadKeepTheirOrderWithThoseScheduledLaterForTheSameTime() {
        events.schedule(50_000, note("far"));
        events.schedule(49_000, note("first"));
        events.runUntil(40_000);
        events.schedule(50_000, note("near"));
        events.schedule(1_000_000, note("last"));
        while (events.step()) {}
        assertThat(ran).containsExactly("first 49000", "far 50000", "near 50000", "last 1000000");
        events.runUntil(Long.MAX_VALUE);
        assertThat(events.size()).isZero();
    }

    @Test
    void anEmptyQueueHasNoNextTime() {
        assertThat(events.step()).isFalse();
        assertThat(events.nextTimeNs()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void orderHoldsForRandomTimesScheduledWhileItRuns(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] last = {0, -1};
        long[] left = {20_000};
        for (int i = 0; i < 3_000; i++) {
            scheduleRandom(random, last, left);
        }
        while (events.step()) {}
        assertThat(left[0]).as("seed %d", seed).isZero();
        assertThat(events.ran()).as("seed %d", seed).isEqualTo(20_000);
    }

    /** Each event checks that it comes after the one before it, in time and, at one time, in number. */
    private void scheduleRandom(SplittableRandom random, long[] last, long[] left) {
        if (left[0] == 0) {
            return;
        }
        long number = left[0]--;
        events.schedule(events.nowNs() + random.nextInt(random.nextInt(4) == 0 ? 60_000 : 50), new SimEvent() {
            @Override
            public void run(long nowNs) {
                assertThat(nowNs).isGreaterThanOrEqualTo(last[0]);
                if (nowNs == last[0] && last[1] >= 0) {
                    // numbers fall, as they count what is left
                    assertThat(number).isLessThan(last[1]);
                }
                last[0] = nowNs;
                last[1] = number;
                scheduleRandom(random, last, left);
            }
        });
    }

    private SimEvent note(String name) {
        return new SimEvent() {
            @Override
            public void run(long nowNs) {
                ran.add(name + " " + nowNs);
            }
        };
    }
}
