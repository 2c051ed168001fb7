package dev.remora.homa.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.Awaitable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SleepTest {
    private static final long MS = 1_000_000;

    private static final Awaitable PORT = new Awaitable() {
        @Override
        public boolean await(boolean room, long timeoutNs) {
            throw new UnsupportedOperationException("nobody sleeps here");
        }

        @Override
        public void wake() {}
    };

    /** So an engine that nobody uses wakes some twelve times per second, and one between two calls is there for the second. */
    @ParameterizedTest
    @CsvSource({"0, 5", "19, 5", "20, 5", "40, 10", "320, 80", "3600000, 80"})
    void whereThePortWakesItItSleepsForAShareOfItsIdleTime(long idleMs, long longestMs) {
        assertThat(new Sleep(PORT).longestNs(100_000, idleMs * MS)).isEqualTo(longestMs * MS);
    }

    @Test
    void elsewhereItLooksAsOftenAsThePolicySays() {
        assertThat(new Sleep(null).longestNs(100_000, 3_600_000 * MS)).isEqualTo(100_000);
    }

    @Test
    void knowsWhatItWouldBeTooLateFor() {
        Sleep sleep = new Sleep(PORT);
        sleep.begin(true, 100 * MS, 20 * MS);
        assertThat(sleep.endsBy(120 * MS)).isTrue();
        assertThat(sleep.endsBy(120 * MS - 1)).isFalse();
        assertThat(sleep.endsBy(Long.MAX_VALUE)).as("nothing is due").isTrue();
        assertThat(sleep.endsBy(Long.MAX_VALUE + Sleep.TIMERS_LATE_NS))
                .as("nothing is due, and that may be late")
                .isTrue();
    }
}
