package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenLoopTest {
    private static final double LAG_US = (ManualTime.OVERSHOOT_NS + ManualTime.SPIN_NS) / 1e3;

    private final ManualTime time = new ManualTime();
    private final LoadPlan plan = LoadPlan.of(SizeDistribution.fixed(100), 1_000, Duration.ofSeconds(2))
            .withSeed(3);

    private LoadRecord run(Call call, LoadPlan what) throws InterruptedException {
        return OpenLoop.run(call, what, new LoadOptions(20_000, 1_000_000_000L), time);
    }

    /** Answers after that time. */
    private Call answersAfter(long ns) {
        return (target, request, response, outcome) -> time.after(ns, outcome::succeeded);
    }

    @Test
    void everyCallIsTimedFromWhenItWasDue() throws InterruptedException {
        LoadRecord record = run(answersAfter(50_000), plan.withResponseBytes(30));
        LoadTotals totals = record.totals();
        WeightedValues us = latencies(record);

        assertThat(totals.due()).isBetween(1_850L, 2_150L).isEqualTo(totals.calls());
        assertThat(totals.requestBytes()).isEqualTo(100 * totals.calls());
        assertThat(totals.responseBytes()).isEqualTo(30 * totals.calls());
        assertThat(totals.dueBytes()).isEqualTo(130 * totals.calls());
        assertThat(totals.failures() + totals.unfinished() + totals.delayed() + totals.repeated())
                .isZero();
        assertThat(us.quantile(0)).isBetween(50.0, 50.0 + LAG_US);
        assertThat(us.max()).isCloseTo(50, within(LAG_US + 0.1));
        assertThat(record.lagUs(1)).isLessThanOrEqualTo(LAG_US);
        assertThat(record.failureMessages()).isEmpty();
    }

    @Test
    void aStallIsPaidByAllCallsDueMeanwhile() throws InterruptedException {
        int[] calls = {0};
        // Call 500 holds up its caller for 100 ms; calls are answered at once.
        LoadRecord record = run(
                (target, request, response, outcome) -> {
                    if (++calls[0] == 500) {
                        time.advance(100_000_000);
                    }
                    outcome.succeeded();
                },
                plan);
        WeightedValues us = latencies(record);

        // 100 or so were due during the stall, and waited 50 ms on average: 5 % of all, half of them more than 50 ms.
        double over50Ms = 1 - fractionUpTo(us, 50_000);
        assertThat(over50Ms).isBetween(0.015, 0.035);
        assertThat(1 - fractionUpTo(us, 1_000)).isBetween(0.035, 0.065);
        assertThat(us.max()).isCloseTo(100_000, within(100.0));
        assertThat(us.quantile(0.5)).isLessThan(LAG_US);
        // The caller did not know it was the service that held it up: it is lag.
        assertThat(record.lagUs(0.999)).isGreaterThan(80_000);
        assertThat(record.totals().delayed()).isZero();
    }

    @Test
    void tooManyOutstandingDelayOthersButDoNotHideTheirWait() throws InterruptedException {
        List<Outcome> held = new ArrayList<>();
        boolean[] released = {false};
        int[] most = {0};
        Call call = (target, request, response, outcome) -> {
            if (released[0]) {
                outcome.succeeded();
            } else {
                held.add(outcome);
                most[0] = Math.max(most[0], held.size());
            }
        };
        time.after(500_000_000, () -> {
            released[0] = true;
            held.forEach(Outcome::succeeded);
        });
        LoadRecord record = run(call, plan.withMaxOutstanding(10));
        LoadTotals totals = record.totals();

        assertThat(most[0]).isEqualTo(10);
        // a second's rate is 1000: some 490 were due while ten were outstanding
        assertThat(totals.delayed()).isBetween(430L, 560L);
        assertThat(totals.calls()).isEqualTo(totals.due());
        assertThat(1 - fractionUpTo(latencies(record), 250_000)).isBetween(0.1, 0.15);
        assertThat(record.lagUs(1)).as("the delayed are not late").isLessThanOrEqualTo(LAG_US);
    }

    @Test
    void unfinishedCallsCountWithTheirAge() throws InterruptedException {
        int[] calls = {0};
        Call call = (target, request, response, outcome) -> {
            if (++calls[0] % 10 != 0) {
                outcome.succeeded();
            }
        };
        LoadRecord record = run(call, plan);
        LoadTotals totals = record.totals();

        assertThat(totals.unfinished()).isEqualTo(totals.due() / 10);
        assertThat(totals.calls()).isEqualTo(totals.due() - totals.unfinished());
        WeightedValues us = latencies(record);
        assertThat(us.count()).isEqualTo(totals.due());
        // The youngest waited for the drain of 1 s, the oldest for the 2 s before too.
        assertThat(us.quantile(1 - totals.unfinished() / (double) us.count() + 1e-6))
                .isGreaterThan(999_000);
        assertThat(us.max()).isBetween(2_900_000.0, 3_010_000.0);
    }

    @Test
    void callsThatCannotBeginAreUnfinishedToo() throws InterruptedException {
        LoadRecord record = run((target, request, response, outcome) -> {}, plan.withMaxOutstanding(5));
        LoadTotals totals = record.totals();

        assertThat(totals.due()).isBetween(1_850L, 2_150L);
        assertThat(totals.unfinished()).isEqualTo(totals.due());
        assertThat(totals.delayed()).isEqualTo(totals.due() - 5);
        assertThat(latencies(record).quantile(0)).isGreaterThan(999_000);
    }

    @Test
    void aLateEndIsNotHeard() throws InterruptedException {
        List<Outcome> open = new ArrayList<>();
        LoadRecord record =
                run((target, request, response, outcome) -> open.add(outcome), plan.withMaxOutstanding(5_000));
        long unfinished = record.totals().unfinished();

        open.forEach(Outcome::succeeded);
        open.forEach(outcome -> outcome.failed(new IllegalStateException("late")));

        assertThat(record.totals().unfinished()).isEqualTo(unfinished).isEqualTo(open.size());
        assertThat(latencies(record).count()).isEqualTo(unfinished);
    }

    @Test
    void warmUpIsNotRecorded() throws InterruptedException {
        int[] calls = {0};
        long beginNs = time.nanoTime();
        Call call = (target, request, response, outcome) -> {
            calls[0]++;
            time.after(time.nanoTime() - beginNs < 1_000_000_000L ? 400_000 : 100_000, outcome::succeeded);
        };
        LoadRecord record = run(call, plan.withWarmUp(Duration.ofSeconds(1)));

        assertThat(calls[0]).isGreaterThan((int) record.totals().due() + 800);
        assertThat(latencies(record).max()).isLessThan(110);
        assertThat(record.seconds()).hasSize(2);
        assertThat(record.seconds().getFirst().calls()).isBetween(880L, 1_120L);
        assertThat(record.notes()).noneMatch(note -> note.contains("warm-up"));
    }

    @Test
    void aWarmUpThatFailsIsTold() throws InterruptedException {
        long fromNs = time.nanoTime();
        Call call = (target, request, response, outcome) -> {
            if (time.nanoTime() - fromNs < 10_000_000) {
                outcome.failed(new IllegalStateException("not ready"));
            } else if (time.nanoTime() - fromNs > 100_000_000) {
                outcome.succeeded();
            }
        };
        LoadRecord record = run(call, plan.withWarmUp(Duration.ofMillis(200)));

        assertThat(record.totals().failures()).isZero();
        assertThat(record.notes())
                .anyMatch(note -> note.matches("\\d+ calls of the warm-up failed."))
                .anyMatch(note -> note.matches("\\d+ calls of the warm-up never ended."));
        assertThat(record.failureMessages()).singleElement().asString().contains("not ready");
    }

    @Test
    void failuresAreCountedAndTold() throws InterruptedException {
        int[] calls = {0};
        Call call = (target, request, response, outcome) -> {
            int number = calls[0]++;
            switch (number % 4) {
                case 0 -> outcome.failed(new IllegalStateException("refused " + number % 100));
                case 1 -> throw new UnsupportedOperationException("cannot start");
                default -> outcome.succeeded();
            }
        };
        LoadRecord record = run(call, plan);
        LoadTotals totals = record.totals();

        assertThat(totals.failures()).isBetween(totals.due() / 2 - 1, totals.due() / 2 + 1);
        assertThat(totals.calls()).isEqualTo(totals.due() - totals.failures());
        assertThat(latencies(record).count()).isEqualTo(totals.calls());
        assertThat(record.failureMessages())
                .hasSize(LoadRecord.MAX_TEXTS)
                .contains("java.lang.UnsupportedOperationException: cannot start")
                .contains("java.lang.IllegalStateException: refused 0");
    }

    @Test
    void anOutcomeToldTwiceIsCountedOnce() throws InterruptedException {
        Call call = (target, request, response, outcome) -> {
            outcome.succeeded();
            outcome.failed(new IllegalStateException("again"));
        };
        LoadTotals totals = run(call, plan).totals();

        assertThat(totals.calls()).isEqualTo(totals.due());
        assertThat(totals.failures()).isZero();
        assertThat(totals.repeated()).isEqualTo(totals.due());
    }

    @Test
    void theSameCallsWhateverTheTiming() throws InterruptedException {
        LoadPlan mixed = LoadPlan.of(SizeDistribution.workload("w1"), 2_000, Duration.ofSeconds(1))
                .withSeed(11)
                .withTargets(7)
                .withMaxOutstanding(3);
        List<String> fast = new ArrayList<>();
        run(
                (target, request, response, outcome) -> {
                    fast.add(target + " " + request + " " + response);
                    outcome.succeeded();
                },
                mixed);
        List<String> slow = new ArrayList<>();
        run(
                (target, request, response, outcome) -> {
                    slow.add(target + " " + request + " " + response);
                    time.advance(30_000);
                    time.after(1_200_000, outcome::succeeded);
                },
                mixed);

        assertThat(fast).hasSizeGreaterThan(1_800);
        assertThat(slow).isEqualTo(fast);
    }

    @Test
    void secondsShowWhatWasDeliveredInThem() throws InterruptedException {
        long fromNs = time.nanoTime();
        Call call = (target, request, response, outcome) ->
                time.after(time.nanoTime() - fromNs < 1_000_000_000L ? 20_000 : 200_000, outcome::succeeded);
        LoadRecord record = run(call, plan);

        assertThat(record.seconds()).hasSize(2);
        LoadSecond first = record.seconds().getFirst();
        LoadSecond second = record.seconds().getLast();
        assertThat(first.calls() + second.calls())
                .isBetween(record.totals().calls() - 2, record.totals().calls());
        assertThat(first.bytes()).isEqualTo(200 * first.calls());
        assertThat(first.shortP99Us()).isBetween(20.0, 24.0);
        assertThat(second.shortP99Us()).isBetween(199.0, 205.0);
        assertThat(record.callsPerSecond()).isEqualTo((first.calls() + second.calls()) / 2.0);
        assertThat(record.goodputMbps()).isCloseTo(record.callsPerSecond() * 200 * 8 / 1e6, within(1e-9));
    }

    @Test
    void beginsAtTheTimeOfThePlan() throws InterruptedException {
        long startNs = time.nanoTime() + 3_000_000_000L;
        List<Long> starts = new ArrayList<>();
        LoadPlan later = plan.startingAt(time.epochNs() + 3_000_000_000L);
        Call call = (target, request, response, outcome) -> {
            starts.add(time.nanoTime());
            outcome.succeeded();
        };
        run(call, later);

        assertThat(starts.getFirst()).isBetween(startNs, startNs + 20_000_000);
        assertThatIllegalStateException()
                .isThrownBy(() -> run(call, later))
                .withMessageContaining("more time to get ready");
    }

    @Test
    void refusesWhatCannotWork() throws InterruptedException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(answersAfter(0), LoadPlan.of(plan.sizes(), 0, Duration.ofSeconds(1))));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread virtual = Thread.ofVirtual().start(() -> {
            try {
                run(answersAfter(0), plan);
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        virtual.join();
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("platform thread");
    }

    @Test
    void anInterruptEndsIt() {
        Call call =
                (target, request, response, outcome) -> Thread.currentThread().interrupt();
        assertThatThrownBy(() -> run(call, plan)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    /** The real clock and threads: what no fake shows, without a claim about times. */
    @Test
    void outcomesFromOtherThreadsOnTheRealClock() throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            LoadPlan real = LoadPlan.of(SizeDistribution.workload("w1"), 20_000, Duration.ofMillis(300))
                    .withMaxOutstanding(8);
            LoadRecord record =
                    OpenLoop.run((target, request, response, outcome) -> threads.execute(outcome::succeeded), real);
            LoadTotals totals = record.totals();

            assertThat(totals.due()).isBetween(5_400L, 6_600L);
            assertThat(totals.calls()).isEqualTo(totals.due());
            assertThat(latencies(record).count()).isEqualTo(totals.due());
        }
    }

    private static WeightedValues latencies(LoadRecord record) {
        List<WeightedValues.Value> values = new ArrayList<>();
        for (int bin = 0; bin < record.bins().count(); bin++) {
            record.latency(bin)
                    .recordedValues()
                    .forEach(value -> values.add(new WeightedValues.Value(
                            value.getValueIteratedTo() / Latencies.UNITS_PER_US, value.getCountAtValueIteratedTo())));
        }
        return new WeightedValues(values);
    }

    private static double fractionUpTo(WeightedValues values, double us) {
        return values.cdf().stream()
                .filter(point -> point.us() <= us)
                .mapToDouble(point -> point.fraction())
                .max()
                .orElse(0);
    }
}
