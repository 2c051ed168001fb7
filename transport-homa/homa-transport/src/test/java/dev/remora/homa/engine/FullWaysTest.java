package dev.remora.homa.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FullWaysTest {
    private static final long START_NS = -1_000;

    private final FullWays ways = new FullWays();

    @Test
    void peerStandsWhenItHasHadNoRoomForLong() {
        assertThat(ways.onFull(0, 7, START_NS)).isFalse();
        assertThat(ways.onFull(0, 7, START_NS + FullWays.STANDS_NS)).isFalse();
        assertThat(ways.onFull(0, 7, START_NS + FullWays.STANDS_NS + 1)).isTrue();
        assertThat(ways.onFull(1, 7, START_NS + FullWays.STANDS_NS + 1))
                .as("another")
                .isFalse();
    }

    @Test
    void roomInBetweenBeginsAnew() {
        ways.onFull(0, 7, 0);
        ways.onRoom(0, 7);
        assertThat(ways.onFull(0, 7, 2 * FullWays.STANDS_NS)).isFalse();
        assertThat(ways.onFull(0, 7, 4 * FullWays.STANDS_NS)).isTrue();
    }

    @Test
    void roomOfOnePeerIsNotThatOfAnother() {
        ways.onFull(0, 7, 0);
        for (int other = 8; other < 10_000; other++) {
            ways.onRoom(0, other);
        }
        assertThat(ways.onFull(0, 7, FullWays.STANDS_NS + 1)).isTrue();
    }
}
