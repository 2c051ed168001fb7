package dev.remora.runtime.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.runtime.metrics.Side;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowCallsTest {
    private static final long WINDOW_NS = 1000;

    private final SlowCalls calls = new SlowCalls(3, WINDOW_NS);

    private void ended(long durationNs, long nowNs) {
        if (calls.wants(durationNs, nowNs)) {
            calls.offer(new CallReport(Side.CLIENT, "a.B/C", "", 0, durationNs, 0, List.of(), null, null), nowNs);
        }
    }

    private List<Long> kept(long nowNs) {
        return calls.kept(nowNs).stream().map(CallReport::durationNs).sorted().toList();
    }

    @Test
    void theSlowestAreKept() {
        for (long duration : new long[] {5, 9, 1, 7, 3, 8, 2}) {
            ended(duration, 10);
        }
        assertThat(kept(10)).containsExactly(7L, 8L, 9L);
    }

    @Test
    void aFastCallIsNotEvenOffered() {
        for (long duration : new long[] {5, 9, 7}) {
            ended(duration, 10);
        }
        assertThat(calls.wants(5, 10)).isFalse();
        assertThat(calls.wants(6, 10)).isTrue();
    }

    @Test
    void eachWindowBeginsAnewAndTheOneBeforeIsStillTold() {
        for (long duration : new long[] {50, 90, 70}) {
            ended(duration, 10);
        }
        ended(4, 10 + WINDOW_NS);
        assertThat(kept(10 + WINDOW_NS)).containsExactly(4L, 50L, 70L, 90L);
        ended(6, 10 + 2 * WINDOW_NS);
        assertThat(kept(10 + 2 * WINDOW_NS)).containsExactly(4L, 6L);
    }

    @Test
    void whatIsOldIsForgottenWithoutNewCalls() {
        ended(50, 10);
        assertThat(kept(10 + 2 * WINDOW_NS)).isEmpty();
    }
}
