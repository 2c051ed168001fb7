package dev.remora.runtime.attempt;

import static dev.remora.runtime.attempt.ResilienceRig.IDEMPOTENT;
import static dev.remora.runtime.attempt.ResilienceRig.METHOD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallOptions;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.ResilienceRig.Seen;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HedgeTest {
    private static final HedgePolicy HEDGE = HedgePolicy.after(Duration.ofMillis(20));

    private final ResilienceRig rig = rig(HEDGE);

    private static ResilienceRig rig(HedgePolicy hedge) {
        return new ResilienceRig(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE).withHedge(hedge));
    }

    @Test
    void aFastAnswerIsNotHedged() {
        Seen seen = rig.call(IDEMPOTENT);
        rig.time.advanceMs(19);
        rig.attempts.only().answers("a");
        rig.time.advanceMs(1000);
        assertThat(rig.attempts.sent).hasSize(1);
        assertThat(seen.messages).containsExactly("a");
        assertThat(rig.count(CallEvent.HEDGE)).isZero();
    }

    @Test
    void theFirstAnswerWinsAndTheOtherAttemptIsCancelled() {
        Seen seen = rig.call(IDEMPOTENT);
        rig.time.advanceMs(20);
        assertThat(rig.attempts.get(2).number()).isEqualTo(2);
        rig.attempts.get(2).answers("b");
        assertThat(seen.messages).containsExactly("b");
        assertThat(rig.attempts.get(1).cancelled).contains("another attempt");
        assertThat(rig.count(CallEvent.HEDGE)).isEqualTo(1);
        assertThat(rig.count(CallEvent.HEDGE_WIN)).isEqualTo(1);
        assertThat(rig.counter("calls")).isEqualTo(1);
    }

    @Test
    void theFirstAttemptMayWinAfterAll() {
        Seen seen = rig.call(IDEMPOTENT);
        rig.time.advanceMs(20);
        rig.attempts.get(1).answers("a");
        assertThat(seen.messages).containsExactly("a");
        assertThat(rig.attempts.get(2).cancelled).isNotNull();
        assertThat(rig.count(CallEvent.HEDGE_WIN)).isZero();
    }

    @Test
    void otherMethodsAreNeverHedged() {
        rig.call(METHOD);
        rig.time.advanceMs(1000);
        assertThat(rig.attempts.sent).hasSize(1);
        Seen byOption = rig.call(METHOD, CallOptions.DEFAULT.with(HedgePolicy.OPTION, HEDGE), null);
        rig.time.advanceMs(1000);
        assertThat(rig.attempts.sent).hasSize(2);
        assertThat(byOption.status).isNull();
    }

    @Test
    void hedgesFollowOneAnotherUpToTheirNumber() {
        ResilienceRig more = rig(HEDGE.withMaxHedges(2));
        more.call(IDEMPOTENT);
        more.time.advanceMs(20);
        assertThat(more.attempts.sent).hasSize(2);
        more.time.advanceMs(20);
        assertThat(more.attempts.sent).hasSize(3);
        more.time.advanceMs(1000);
        assertThat(more.attempts.sent).hasSize(3);
    }

    @Test
    void attemptsKnowOfEachOthersServers() {
        rig.call(IDEMPOTENT);
        rig.time.advanceMs(20);
        assertThat(Objects.requireNonNull(rig.attempts.get(2).attempt).tried())
                .isSameAs(Objects.requireNonNull(rig.attempts.get(1).attempt).tried());
        rig.call(IDEMPOTENT);
        assertThat(Objects.requireNonNull(rig.attempts.get(3).attempt).tried())
                .isNotSameAs(Objects.requireNonNull(rig.attempts.get(1).attempt).tried());
    }

    @Test
    void aFailureForGoodEndsTheCall() {
        Seen seen = rig.call(IDEMPOTENT);
        rig.time.advanceMs(20);
        rig.attempts.get(1).fails(StatusCode.NOT_FOUND);
        assertThat(Objects.requireNonNull(seen.status).code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(rig.attempts.get(2).cancelled).isNotNull();
    }

    @Test
    void aFailureThatMayBeRetriedLeavesTheOtherAttemptItsChance() {
        ResilienceRig both = new ResilienceRig(CallPolicy.DEFAULT
                .withRetry(RetryPolicy.NONE.withStatusCodes(StatusCode.UNAVAILABLE))
                .withHedge(HEDGE));
        Seen seen = both.call(IDEMPOTENT);
        both.time.advanceMs(20);
        both.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        assertThat(seen.status).isNull();
        both.attempts.get(2).answers("b");
        assertThat(seen.messages).containsExactly("b");
    }

    @Test
    void retriesAndHedgesGoTogether() {
        ResilienceRig both = new ResilienceRig(CallPolicy.DEFAULT
                .withRetry(RetryPolicy.NONE
                        .withMaxAttempts(2)
                        .withStatusCodes(StatusCode.UNAVAILABLE)
                        .withBackoff(Duration.ofMillis(5), Duration.ofMillis(5)))
                .withHedge(HEDGE));
        Seen seen = both.call(IDEMPOTENT);
        both.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        both.time.advanceMs(5);
        assertThat(both.attempts.sent).as("the retry").hasSize(2);
        both.time.advanceMs(20);
        assertThat(both.attempts.sent).as("its hedge").hasSize(3);
        both.attempts.get(3).fails(StatusCode.UNAVAILABLE);
        assertThat(seen.status).as("the retry is still out").isNull();
        both.attempts.get(2).fails(StatusCode.UNAVAILABLE);
        assertThat(Objects.requireNonNull(seen.status).message()).contains("after 3 attempts");
        assertThat(both.count(CallEvent.RETRY)).isEqualTo(1);
        assertThat(both.count(CallEvent.HEDGE)).isEqualTo(1);
    }

    @Test
    void withoutBudgetThereIsNoHedge() {
        ResilienceRig poor =
                new ResilienceRig(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE).withHedge(HEDGE), 0);
        Seen seen = poor.call(IDEMPOTENT);
        poor.time.advanceMs(1000);
        assertThat(poor.attempts.sent).hasSize(1);
        assertThat(poor.count(CallEvent.BUDGET_EXHAUSTED)).isEqualTo(1);
        poor.attempts.only().answers("a");
        assertThat(seen.messages).containsExactly("a");
    }

    @Test
    void theDelayFollowsTheObservedPercentile() {
        ResilienceRig observed = rig(HedgePolicy.atPercentile(0.8, Duration.ofMillis(500)));
        for (int i = 1; i <= 200; i++) {
            int index = observed.attempts.sent.size();
            observed.call(IDEMPOTENT);
            observed.time.advanceMs(i % 10 == 0 ? 40 : 10);
            observed.attempts.sent.get(index).answers("a");
        }
        int before = observed.attempts.sent.size();
        observed.call(IDEMPOTENT);
        observed.time.advanceMs(9);
        assertThat(observed.attempts.sent).hasSize(before + 1);
        observed.time.advanceMs(2);
        assertThat(observed.attempts.sent).as("hedged at about 10 ms").hasSize(before + 2);
    }

    @Test
    void whatLostCountsInThePercentileWithTheTimeItHadTaken() {
        ResilienceRig observed = rig(HedgePolicy.atPercentile(0.5, Duration.ofMillis(30)));
        for (int i = 0; i < 200; i++) {
            observed.call(IDEMPOTENT);
            observed.time.advanceMs(35);
            FakeAttempts.Sent last = observed.attempts.sent.get(observed.attempts.sent.size() - 1);
            if (last.number() == 2) {
                last.answers("hedge");
            } else {
                last.answers("first");
            }
        }
        // Answers of hedges alone take 5 ms; with their losers the middle cannot fall that low.
        int before = observed.attempts.sent.size();
        observed.call(IDEMPOTENT);
        observed.time.advanceMs(4);
        assertThat(observed.attempts.sent).hasSize(before + 1);
    }
}
