package dev.remora.homa.protocol.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
    private static final long TICK = 100;
    private static final int SLOTS = 64;

    private static final class Timer extends TimerNode {}

    private final TimerWheel<Timer> wheel = new TimerWheel<>(TICK, SLOTS, 0);

    @Test
    void aTimerExpiresOnceAtTheTickAfterItsDeadline() {
        Timer timer = new Timer();
        wheel.schedule(timer, 250);
        assertThat(timer.scheduled()).isTrue();
        assertThat(timer.deadlineNs()).isEqualTo(250);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(300);
        assertThat(wheel.pollExpired(299)).isNull();
        assertThat(wheel.pollExpired(300)).isSameAs(timer);
        assertThat(timer.scheduled()).isFalse();
        assertThat(wheel.pollExpired(10_000)).isNull();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aCancelledTimerDoesNotExpire() {
        Timer timer = new Timer();
        wheel.schedule(timer, 250);
        wheel.cancel(timer);
        wheel.cancel(timer);
        assertThat(timer.scheduled()).isFalse();
        assertThat(wheel.size()).isZero();
        assertThat(wheel.pollExpired(1000)).isNull();
    }

    @Test
    void aTimerThatIsDueCanStillBeCancelledOrMoved() {
        Timer a = new Timer();
        Timer b = new Timer();
        Timer c = new Timer();
        for (Timer t : List.of(a, b, c)) {
            wheel.schedule(t, 100);
        }
        Timer first = wheel.pollExpired(100);
        List<Timer> rest = new ArrayList<>(List.of(a, b, c));
        rest.remove(first);
        wheel.cancel(rest.get(0));
        wheel.schedule(rest.get(1), 500);
        assertThat(wheel.pollExpired(499)).isNull();
        assertThat(wheel.pollExpired(500)).isSameAs(rest.get(1));
        assertThat(wheel.size()).isZero();
    }

    @Test
    void aDeadlineInThePastExpiresAtTheNextTickEvenIfScheduledForEver() {
        wheel.pollExpired(1000);
        Timer timer = new Timer();
        wheel.schedule(timer, -500);
        assertThat(wheel.pollExpired(1000)).isNull();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(1100);
        int polls = 0;
        for (Timer t = wheel.pollExpired(2000); t != null; t = wheel.pollExpired(2000)) {
            wheel.schedule(t, 0);
            polls++;
        }
        assertThat(polls).isBetween(1, 10);
    }

    @Test
    void timeThatGoesBackwardsIsIgnored() {
        Timer timer = new Timer();
        wheel.pollExpired(5000);
        wheel.schedule(timer, 5300);
        assertThat(wheel.pollExpired(-1_000_000)).isNull();
        assertThat(wheel.pollExpired(5299)).isNull();
        assertThat(wheel.pollExpired(5300)).isSameAs(timer);
    }

    @Test
    void aJumpOfAnyLengthExpiresAllAndOnlyWhatIsDue() {
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Timer timer = new Timer();
            timers.add(timer);
            wheel.schedule(timer, i * 77L);
        }
        Timer far = new Timer();
        wheel.schedule(far, Long.MAX_VALUE - 5);
        List<Timer> expired = new ArrayList<>();
        long now = Long.MAX_VALUE / 2;
        for (Timer t = wheel.pollExpired(now); t != null; t = wheel.pollExpired(now)) {
            expired.add(t);
        }
        assertThat(expired).containsExactlyInAnyOrderElementsOf(timers);
        assertThat(far.scheduled()).isTrue();
        wheel.cancel(far);
    }

    @Test
    void aTimerOfAnotherWheelIsRefused() {
        TimerWheel<Timer> other = new TimerWheel<>(TICK, SLOTS, 0);
        Timer timer = new Timer();
        other.schedule(timer, 100);
        assertThatThrownBy(() -> wheel.schedule(timer, 100)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> wheel.cancel(timer)).isInstanceOf(IllegalStateException.class);
        assertThat(other.pollExpired(100)).isSameAs(timer);
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new TimerWheel<Timer>(0, 64, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TimerWheel<Timer>(1, 63, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TimerWheel<Timer>(1, 96, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103, 104, 105, 106, 107, 108})
    void agreesWithAMap(long seed) {
        Random random = new Random(seed);
        long now = random.nextLong(-1_000_000, 1_000_000);
        TimerWheel<Timer> timers = new TimerWheel<>(TICK, random.nextBoolean() ? 64 : 256, now);
        Timer[] all = new Timer[60];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Timer();
        }
        // Earliest time of expiry by the rule: first multiple of the tick, after the tick of scheduling.
        Map<Timer, Long> model = new HashMap<>();
        for (int step = 0; step < 5000; step++) {
            String what = "seed " + seed + " step " + step;
            Timer timer = all[random.nextInt(all.length)];
            if (random.nextInt(3) == 0) {
                timers.cancel(timer);
                model.remove(timer);
            } else {
                long deadline = now + random.nextLong(-500, 1L << random.nextInt(10, 20));
                timers.schedule(timer, deadline);
                long tick = Math.max(Math.ceilDiv(deadline, TICK), Math.floorDiv(now, TICK) + 1);
                model.put(timer, tick * TICK);
            }
            long earliest = model.values().stream().mapToLong(t -> t).min().orElse(Long.MAX_VALUE);
            assertThat(timers.nextDeadlineNs()).as(what).isLessThanOrEqualTo(earliest);
            now += switch (random.nextInt(20)) {
                case 0 -> random.nextInt(1_000_000);
                case 1 -> Math.max(0, Math.min(earliest, now + 1000) - now);
                default -> random.nextInt(150);
            };
            for (Timer t = timers.pollExpired(now); t != null; t = timers.pollExpired(now)) {
                Long at = model.remove(t);
                assertThat(at).as("%s: scheduled", what).isNotNull();
                assertThat(at).as("%s: not early", what).isLessThanOrEqualTo(now);
            }
            for (long at : model.values()) {
                assertThat(at).as("%s: not late", what).isGreaterThan(now);
            }
            assertThat(timers.size()).as(what).isEqualTo(model.size());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {111, 112, 113})
    void oneWhoSleepsUntilTheNextDeadlineGetsThereInFewSteps(long seed) {
        Random random = new Random(seed);
        Timer timer = new Timer();
        long deadline = random.nextLong(1, 50 * SLOTS * TICK);
        wheel.schedule(timer, deadline);
        long now = 0;
        int steps = 0;
        while (wheel.pollExpired(now) == null) {
            assertThat(wheel.nextDeadlineNs()).as("seed %d", seed).isGreaterThan(now);
            now = wheel.nextDeadlineNs();
            steps++;
        }
        assertThat(now).as("seed %d", seed).isEqualTo(Math.ceilDiv(deadline, TICK) * TICK);
        assertThat(steps).as("seed %d", seed).isLessThanOrEqualTo(51);
    }

    @Test
    void nothingIsAllocated() {
        Timer[] timers = new Timer[100];
        for (int i = 0; i < timers.length; i++) {
            timers[i] = new Timer();
        }
        long[] now = {0};
        assertThat(AllocatedBytes.afterWarmUp(() -> {
                    for (int i = 0; i < 1000; i++) {
                        Timer timer = timers[i % timers.length];
                        wheel.schedule(timer, now[0] + i * 13L);
                        if (i % 3 == 0) {
                            wheel.cancel(timer);
                        }
                        now[0] += 70;
                        while (wheel.pollExpired(now[0]) != null) {
                            wheel.nextDeadlineNs();
                        }
                    }
                }))
                .isZero();
    }
}
