package dev.remora.runtime.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.ResilienceRig.Seen;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.CallLevel;
import dev.remora.runtime.resilience.BreakerPolicy;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final long MS = 1_000_000;
    /** Opens at half of at least 10 calls in 1 s, for 500 ms, with 2 trials; slow from 100 ms on, all of them. */
    private static final BreakerPolicy POLICY =
            new BreakerPolicy(true, 0.5, Set.of(StatusCode.UNAVAILABLE), 100 * MS, 1.0, 1000 * MS, 10, 500 * MS, 2);

    private final ResilienceRig rig = rig(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE));

    private static ResilienceRig rig(CallPolicy policy) {
        return new ResilienceRig(policy.withBreaker(POLICY));
    }

    private Seen call() {
        return rig.call(ResilienceRig.IDEMPOTENT);
    }

    private FakeAttempts.Sent last() {
        return rig.attempts.sent.get(rig.attempts.sent.size() - 1);
    }

    private void calls(int count, boolean fail) {
        for (int i = 0; i < count; i++) {
            call();
            if (fail) {
                last().fails(StatusCode.UNAVAILABLE);
            } else {
                last().answers("a");
            }
        }
    }

    private boolean isRefused() {
        int before = rig.attempts.sent.size();
        Seen seen = call();
        if (rig.attempts.sent.size() > before) {
            last().answers("a");
            return false;
        }
        assertThat(Objects.requireNonNull(seen.status).code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(seen.status.message()).contains("circuit of test.Text/Echo");
        return true;
    }

    private void open() {
        calls(10, true);
    }

    @Test
    void itStaysClosedBelowTheRateAndBelowTheNumberOfCalls() {
        calls(9, true);
        assertThat(isRefused()).as("nine calls say nothing").isFalse();
        rig.time.advanceMs(2000);
        calls(20, false);
        calls(19, true);
        assertThat(isRefused()).as("19 of 39").isFalse();
    }

    @Test
    void itOpensAtTheRateRefusesAndSaysWhy() {
        calls(10, false);
        calls(10, true);
        int sent = rig.attempts.sent.size();
        Seen seen = call();
        assertThat(rig.attempts.sent).hasSize(sent);
        assertThat(Objects.requireNonNull(seen.status).message()).contains("10 of the last 20 calls failed", "500 ms");
        assertThat(rig.count(CallEvent.BREAKER_OPENED)).isEqualTo(1);
        assertThat(rig.count(CallEvent.BREAKER_REFUSED)).isEqualTo(1);
        assertThat(rig.level(CallLevel.BREAKERS_OPEN)).isEqualTo(1);
    }

    @Test
    void whatIsOlderThanTheWindowIsForgotten() {
        calls(8, true);
        rig.time.advanceMs(1100);
        calls(8, true);
        assertThat(isRefused()).isFalse();
    }

    @Test
    void otherFailuresAreNone() {
        for (int i = 0; i < 50; i++) {
            call();
            last().fails(StatusCode.NOT_FOUND);
        }
        assertThat(isRefused()).isFalse();
    }

    @Test
    void afterAWhileItTriesAndClosesIfThatGoesWell() {
        open();
        rig.time.advanceMs(499);
        assertThat(isRefused()).isTrue();
        rig.time.advanceMs(1);
        call();
        FakeAttempts.Sent first = last();
        assertThat(rig.level(CallLevel.BREAKERS_HALF_OPEN)).isEqualTo(1);
        call();
        FakeAttempts.Sent second = last();
        assertThat(isRefused()).as("two trials are out").isTrue();
        first.answers("a");
        assertThat(isRefused()).isTrue();
        second.answers("a");
        assertThat(isRefused()).isFalse();
        assertThat(rig.level(CallLevel.BREAKERS_OPEN)).isZero();
        assertThat(rig.level(CallLevel.BREAKERS_HALF_OPEN)).isZero();
    }

    @Test
    void aTrialThatFailsOpensItAgain() {
        open();
        rig.time.advanceMs(500);
        call();
        last().fails(StatusCode.UNAVAILABLE);
        assertThat(isRefused()).isTrue();
        assertThat(rig.count(CallEvent.BREAKER_OPENED)).isEqualTo(2);
        rig.time.advanceMs(500);
        assertThat(isRefused()).isFalse();
    }

    @Test
    void aTrialThatIsCancelledMakesRoomForAnother() {
        open();
        rig.time.advanceMs(500);
        Seen trial = call();
        Objects.requireNonNull(trial.call).cancel("enough", null);
        call();
        call();
        assertThat(rig.attempts.sent).hasSize(13);
        assertThat(isRefused()).isTrue();
    }

    @Test
    void trialsThatNeverEndDoNotKeepItHalfOpen() {
        open();
        rig.time.advanceMs(500);
        call();
        call();
        assertThat(isRefused()).isTrue();
        rig.time.advanceMs(500);
        assertThat(isRefused()).isFalse();
    }

    @Test
    void callsFromBeforeItOpenedHaveNoSay() {
        call();
        FakeAttempts.Sent early = last();
        open();
        rig.time.advanceMs(500);
        early.fails(StatusCode.UNAVAILABLE);
        assertThat(isRefused()).isFalse();
        assertThat(isRefused()).isFalse();
        assertThat(rig.level(CallLevel.BREAKERS_OPEN)).isZero();
    }

    @Test
    void slowCallsOpenItToo() {
        for (int i = 0; i < 10; i++) {
            call();
        }
        rig.time.advanceMs(100);
        for (FakeAttempts.Sent sent : rig.attempts.sent) {
            sent.answers("late");
        }
        assertThat(isRefused()).isTrue();
    }

    @Test
    void aRetryIsNotSentThroughAnOpenBreaker() {
        ResilienceRig retrying = rig(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE
                .withMaxAttempts(5)
                .withStatusCodes(StatusCode.UNAVAILABLE)
                .withBackoff(Duration.ofMillis(1), Duration.ofMillis(1))));
        for (int i = 0; i < 3; i++) {
            retrying.call(ResilienceRig.IDEMPOTENT);
            for (int attempt = 0; attempt < 5; attempt++) {
                FakeAttempts.Sent last = retrying.attempts.sent.get(retrying.attempts.sent.size() - 1);
                if (!last.ended) {
                    last.fails(StatusCode.UNAVAILABLE);
                }
                retrying.time.advanceMs(1);
            }
        }
        assertThat(retrying.attempts.sent).as("attempts count, not calls").hasSize(10);
    }

    @Test
    void hedgesAreNoTrials() {
        ResilienceRig hedging =
                rig(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE).withHedge(HedgePolicy.after(Duration.ofMillis(10))));
        for (int i = 0; i < 10; i++) {
            hedging.call(ResilienceRig.IDEMPOTENT);
            hedging.attempts.get(i + 1).fails(StatusCode.UNAVAILABLE);
        }
        hedging.time.advanceMs(500);
        hedging.call(ResilienceRig.IDEMPOTENT);
        assertThat(hedging.attempts.sent).hasSize(11);
        hedging.time.advanceMs(50);
        assertThat(hedging.attempts.sent).hasSize(11);
    }

    @Test
    void methodsOfOnePolicyMayShareOne() {
        BreakerPolicy shared = new BreakerPolicy(
                false, 0.5, POLICY.statusCodes(), 0, 1.0, POLICY.windowNs(), 10, POLICY.openDurationNs(), 2);
        CallPolicy policy =
                CallPolicy.DEFAULT.withName("reads").withRetry(RetryPolicy.NONE).withBreaker(shared);
        FakeAttempts attempts = new FakeAttempts(rig.time);
        Resilience resilience = new Resilience(
                name -> name.endsWith("/C") ? policy.withName("others") : policy,
                new AttemptBudget(0, 0, 10, 0),
                rig.time,
                () -> 0,
                attempts);
        CircuitBreaker a = of(resilience, "A");
        assertThat(of(resilience, "B")).isSameAs(a);
        assertThat(of(resilience, "C")).isNotSameAs(a);
        assertThat(a.reason(0)).contains("reads");
    }

    private static CircuitBreaker of(Resilience resilience, String method) {
        MethodDescriptor<StringValue, StringValue> descriptor = MethodDescriptor.protobuf(
                "test.Text",
                method,
                MethodDescriptor.Shape.UNARY,
                StringValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
        return Objects.requireNonNull(resilience
                .of(descriptor, dev.remora.runtime.metrics.MethodMetrics.None.NONE)
                .breaker());
    }
}
