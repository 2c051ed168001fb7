package dev.remora.homa.net.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.net.packet.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NeighbourTableTest {
    private static final long MAC = 0x0200_0000_0002L;
    private static final long OTHER = 0x0200_0000_0003L;
    private static final long MS = 1_000_000L;

    private final NeighbourTable table = new NeighbourTable(NeighbourTimes.USUAL, 64, 5, Map.of());
    private final List<Long> asked = new ArrayList<>();
    private long nowNs = -3_000 * MS - 7;

    private int poll() {
        return table.pollQuestions(nowNs, (high, low, mac) -> asked.add(mac));
    }

    @Test
    void wantedNeighbourIsDueAtOnceAndThenEveryQuarterSecond() {
        assertThat(table.isDue(nowNs)).isFalse();
        table.want(1, 2, false);
        assertThat(table.isDue(nowNs)).isTrue();
        assertThat(table.dueNs(nowNs)).isEqualTo(nowNs);
        assertThat(poll()).isOne();
        assertThat(table.isDue(nowNs)).isFalse();
        assertThat(table.dueNs(nowNs)).isEqualTo(nowNs + 250 * MS);
        nowNs += 250 * MS;
        assertThat(table.isDue(nowNs)).isTrue();
        assertThat(poll()).isOne();
    }

    @Test
    void questionThatCannotBeSentIsKept() {
        table.want(1, 2, false);
        assertThat(table.pollQuestions(nowNs, (high, low, mac) -> false)).isZero();
        nowNs += 50 * MS;
        assertThat(poll()).isOne();
    }

    @Test
    void statesFollowTheAnswers() {
        assertThat(table.state(1, 2)).isNull();
        assertThat(table.macFor(1, 2, nowNs)).isZero();
        assertThat(table.state(1, 2)).isEqualTo(NeighbourState.INCOMPLETE);
        poll();
        assertThat(table.answered(1, 2, MAC, true, nowNs)).isTrue();
        assertThat(table.state(1, 2)).isEqualTo(NeighbourState.REACHABLE);
        nowNs += 30_001 * MS;
        assertThat(table.macFor(1, 2, nowNs)).isEqualTo(MAC);
        assertThat(table.state(1, 2)).isEqualTo(NeighbourState.STALE);
        for (int i = 0; i < 7; i++) {
            poll();
            nowNs += 1000 * MS;
        }
        assertThat(asked)
                .as("everybody, then three times it alone, then everybody")
                .containsExactly(0L, MAC, MAC, MAC, 0L, 0L, 0L);
        assertThat(table.state(1, 2)).isEqualTo(NeighbourState.FAILED);
        assertThat(table.macFor(1, 2, nowNs)).isZero();
    }

    @Test
    void pausesGrowWithFailuresUpToABound() {
        List<Long> pauses = new ArrayList<>();
        long failedNs = 0;
        for (int i = 0; i < 400_000 && pauses.size() < 8; i++) {
            table.macFor(1, 2, nowNs);
            if (poll() > 0 && failedNs != 0) {
                pauses.add((nowNs - failedNs) / (1000 * MS));
                failedNs = 0;
            }
            if (failedNs == 0 && table.state(1, 2) == NeighbourState.FAILED) {
                failedNs = nowNs;
            }
            nowNs += MS;
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 32L, 32L);
    }

    @Test
    void eagerWishCutsThePauseShort() {
        table.want(1, 2, false);
        for (int i = 0; i < 5; i++) {
            poll();
            nowNs += 250 * MS;
        }
        assertThat(table.state(1, 2)).isEqualTo(NeighbourState.FAILED);
        table.want(1, 2, true);
        assertThat(poll()).isOne();
    }

    @Test
    void answerThatMayNotOverrideChangesNothing() {
        table.heard(1, 2, MAC, nowNs);
        nowNs += 31_000 * MS;
        table.macFor(1, 2, nowNs);
        poll();
        assertThat(table.answered(1, 2, OTHER, false, nowNs)).isFalse();
        assertThat(table.knownMac(1, 2)).isEqualTo(MAC);
        assertThat(table.answered(1, 2, 0, false, nowNs))
                .as("without address it confirms")
                .isTrue();
        assertThat(table.state(1, 2)).isEqualTo(NeighbourState.REACHABLE);
        assertThat(table.knownMac(1, 2)).isEqualTo(MAC);
    }

    @Test
    void openQuestionsAreBounded() {
        NeighbourTable large = new NeighbourTable(NeighbourTimes.USUAL, 1 << 14, 5, Map.of());
        for (int i = 0; i < 10_000; i++) {
            large.want(1, i, false);
        }
        assertThat(large.pollQuestions(nowNs, (high, low, mac) -> true)).isEqualTo(NeighbourTable.MAX_ASKING);
        assertThat(large.size()).isEqualTo(NeighbourTable.MAX_ASKING);
        for (int i = 0; i < 5; i++) {
            nowNs += 250 * MS;
            large.pollQuestions(nowNs, (high, low, mac) -> true);
        }
        large.want(1, 9_999, false);
        assertThat(large.state(1, 9_999)).as("there is room again").isEqualTo(NeighbourState.INCOMPLETE);
    }

    @Test
    void entriesAreBoundedAndThoseThatAnsweredStayLongest() {
        table.want(7, 7, false);
        poll();
        table.answered(7, 7, MAC, true, nowNs);
        for (int i = 0; i < 10_000; i++) {
            nowNs += 1;
            table.heard(1, i, MAC, nowNs);
        }
        assertThat(table.size()).isLessThanOrEqualTo(64);
        assertThat(table.knownMac(7, 7)).isEqualTo(MAC);
        assertThat(table.knownMac(1, 9_999)).isEqualTo(MAC);
    }

    @Test
    void evictedNeighbourIsNotAskedForAnyMore() {
        NeighbourTable tiny = new NeighbourTable(NeighbourTimes.USUAL, 1, 5, Map.of());
        for (int i = 0; i < 100; i++) {
            tiny.want(1, i, false);
        }
        assertThat(tiny.size()).isEqualTo(NeighbourTable.WAYS);
        assertThat(tiny.pollQuestions(nowNs, (high, low, mac) -> true)).isEqualTo(NeighbourTable.WAYS);
    }

    @Test
    void configuredNeighboursAllFitAndNeverGo() {
        Map<IpAddress, Long> configured = new HashMap<>();
        for (int i = 0; i < 256; i++) {
            configured.put(new IpAddress(3, i), MAC + i);
        }
        NeighbourTable fixed = new NeighbourTable(NeighbourTimes.USUAL, 4096, 5, configured);
        for (int i = 0; i < 50_000; i++) {
            fixed.heard(1, i, OTHER, i);
        }
        for (int i = 0; i < 256; i++) {
            assertThat(fixed.macFor(3, i, Long.MAX_VALUE)).isEqualTo(MAC + i);
        }
    }

    @Test
    void waitingEndsWithTheAnswerOrTheFailure() throws InterruptedException {
        table.want(1, 2, true);
        table.want(1, 3, true);
        Thread engine = Thread.ofVirtual().start(() -> {
            poll();
            table.answered(1, 2, MAC, true, nowNs);
            // A poll that meets a waiter at the lock does nothing, so that a fixed number of them would not do.
            while (table.state(1, 3) != NeighbourState.FAILED) {
                nowNs += 250 * MS;
                poll();
            }
        });
        assertThat(table.await(1, 2, Long.MAX_VALUE)).isTrue();
        assertThat(table.await(1, 3, Long.MAX_VALUE)).isFalse();
        engine.join();
        assertThat(table.await(1, 4, Long.MAX_VALUE)).as("nobody asked").isFalse();
        assertThat(table.await(1, 3, 0)).isFalse();
    }
}
