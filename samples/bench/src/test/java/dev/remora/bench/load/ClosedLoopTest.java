package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClosedLoopTest {
    private final ManualTime time = new ManualTime();
    private final LoadPlan plan = LoadPlan.of(SizeDistribution.workload("w1"), 0, Duration.ofSeconds(1))
            .withTargets(3)
            .withWarmUp(Duration.ofMillis(500));

    private LoadRecord run(Call call, int outstanding) throws InterruptedException {
        return ClosedLoop.run(call, plan, outstanding, new LoadOptions(0, 2_000_000_000L), time);
    }

    @Test
    void eachEndBeginsTheNext() throws InterruptedException {
        int[] now = {0};
        int[] most = {0};
        LoadRecord record = run(
                (target, request, response, outcome) -> {
                    most[0] = Math.max(most[0], ++now[0]);
                    time.after(1_000_000, () -> {
                        now[0]--;
                        outcome.succeeded();
                    });
                },
                4);

        assertThat(most[0]).isEqualTo(4);
        assertThat(now[0]).isZero();
        // 4 at a time, 1 ms each, for a second
        assertThat(record.totals().calls())
                .isBetween(3_990L, 4_004L)
                .isEqualTo(record.totals().due());
        assertThat(record.callsPerSecond()).isBetween(3_990.0, 4_004.0);
        assertThat(new Slowdown(record, Double.NaN, 0, UnloadedTimes.unknown())
                        .all()
                        .p50Us())
                .isBetween(1_000.0, 1_001.0);
    }

    @Test
    void callsThatEndBeforeTheirStartReturnsNeedNoStack() throws InterruptedException {
        int[] calls = {0};
        LoadRecord record = run(
                (target, request, response, outcome) -> {
                    calls[0]++;
                    time.advance(5_000);
                    outcome.succeeded();
                },
                2);

        assertThat(calls[0]).isGreaterThan(200_000);
        assertThat(record.totals().calls()).isEqualTo(record.totals().due()).isBetween(199_990L, 200_002L);
    }

    @Test
    void aHangingCallIsUnfinishedAndTheOthersGoOn() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        LoadRecord record = run(
                (target, request, response, outcome) -> {
                    boolean hangs = time.nanoTime() > 1_000_000_000L && calls.getAndIncrement() == 0;
                    time.after(hangs ? 60_000_000_000L : 1_000_000, outcome::succeeded);
                },
                3);

        assertThat(record.totals().unfinished()).isEqualTo(1);
        assertThat(record.totals().calls()).isBetween(2_000L, 2_600L);
        assertThat(new Slowdown(record, Double.NaN, 0, UnloadedTimes.unknown())
                        .all()
                        .maxUs())
                .isGreaterThan(2_000_000);
    }

    @Test
    void failuresBeginTheNextToo() throws InterruptedException {
        LoadRecord record = run(
                (target, request, response, outcome) -> {
                    time.advance(100_000);
                    throw new IllegalStateException("no connection");
                },
                1);

        assertThat(record.totals().failures()).isBetween(9_990L, 10_001L);
        assertThat(record.totals().calls()).isZero();
        assertThat(record.failureMessages()).containsExactly("java.lang.IllegalStateException: no connection");
    }

    @Test
    void lanesHaveTheSameCallsWhateverTheTiming() throws InterruptedException {
        assertThat(callsPerLane(2_000_000, 1_000_000)).isEqualTo(callsPerLane(1_000_000, 3_000_000));
    }

    /** The first calls of both of two lanes, of which one may be slower. */
    private List<List<String>> callsPerLane(long firstNs, long secondNs) throws InterruptedException {
        List<List<String>> calls = List.of(new ArrayList<>(), new ArrayList<>());
        int[] starting = {0};
        run(
                (target, request, response, outcome) -> {
                    int lane = starting[0];
                    starting[0] = 1;
                    List<String> mine = calls.get(lane);
                    if (mine.size() < 100) {
                        mine.add(target + " " + request);
                    }
                    time.after(lane == 0 ? firstNs : secondNs, () -> {
                        starting[0] = lane;
                        outcome.succeeded();
                    });
                },
                2);
        return calls;
    }

    @Test
    void manyThreadsOnTheRealClock() throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            LoadPlan real = LoadPlan.of(SizeDistribution.workload("w1"), 0, Duration.ofMillis(200));
            LoadRecord record = ClosedLoop.run(
                    (target, request, response, outcome) -> threads.execute(outcome::succeeded), real, 16);

            assertThat(record.totals().calls())
                    .isPositive()
                    .isEqualTo(record.totals().due());
            assertThat(record.totals().repeated()).isZero();
        }
    }

    @Test
    void needsACall() {
        assertThatIllegalArgumentException().isThrownBy(() -> run((target, request, response, outcome) -> {}, 0));
    }
}
