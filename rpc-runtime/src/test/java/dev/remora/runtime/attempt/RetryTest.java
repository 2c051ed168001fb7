package dev.remora.runtime.attempt;

import static dev.remora.runtime.attempt.ResilienceRig.IDEMPOTENT;
import static dev.remora.runtime.attempt.ResilienceRig.METHOD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallOptions;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.ResilienceRig.Seen;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.spi.TransportException.Reason;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryTest {
    /** Three attempts after 100 and 200 ms. */
    private static final RetryPolicy RETRY = RetryPolicy.NONE
            .withMaxAttempts(3)
            .withStatusCodes(StatusCode.UNAVAILABLE)
            .withBackoff(ms(100), ms(10_000));

    private final ResilienceRig rig = new ResilienceRig(policy(doubling(RETRY)));

    private static RetryPolicy doubling(RetryPolicy p) {
        return new RetryPolicy(
                p.maxAttempts(), p.statusCodes(), p.initialBackoffNs(), p.maxBackoffNs(), 2, 0.5, p.attemptTimeoutNs());
    }

    private static CallPolicy policy(RetryPolicy retry) {
        return CallPolicy.DEFAULT.withRetry(retry);
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    private static Status end(Seen seen) {
        return Objects.requireNonNull(seen.status, "the call has not ended");
    }

    @Test
    void anAnswerEndsTheCallAndBringsHeadersAndTrailers() {
        Seen seen = rig.call(METHOD);
        rig.attempts.only().answers("a");
        assertThat(seen.messages).containsExactly("a");
        assertThat(seen.headers.get(Metadata.Key.text("from"))).isEqualTo("a");
        assertThat(end(seen).isOk()).isTrue();
        assertThat(rig.counter("calls")).isEqualTo(1);
        assertThat(rig.time.waiting()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "REFUSED", "OVERLOADED"})
    void aCallThatCannotHaveRunIsTriedAgainWhateverTheMethod(Reason reason) {
        Seen seen = rig.call(METHOD);
        rig.attempts.only().fails(reason);
        assertThat(seen.status).isNull();
        rig.time.advanceMs(99);
        assertThat(rig.attempts.sent).hasSize(1);
        rig.time.advanceMs(1);
        rig.attempts.get(2).answers("b");
        assertThat(seen.messages).containsExactly("b");
        assertThat(rig.count(CallEvent.RETRY)).isEqualTo(1);
        assertThat(rig.counter("calls")).as("calls, not attempts").isEqualTo(1);
    }

    @Test
    void aRefusalByTheServerItselfIsTriedAgain() {
        Seen seen = rig.call(METHOD);
        rig.attempts.only().refused();
        rig.time.advanceMs(100);
        rig.attempts.get(2).answers("b");
        assertThat(end(seen).isOk()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"PEER_LOST", "ABORTED", "TOO_LARGE", "RESPONSE_TOO_LARGE", "PROTOCOL", "CLOSED", "UNSUPPORTED"})
    void aCallThatMayHaveRunOrWouldFailAgainIsNot(Reason reason) {
        Seen seen = rig.call(METHOD);
        rig.attempts.only().fails(reason);
        rig.time.advanceMs(10_000);
        assertThat(end(seen).message()).isEqualTo(reason.name());
        assertThat(rig.attempts.sent).hasSize(1);
    }

    @Test
    void anIdempotentCallIsTriedAgainForTheConfiguredCodesOnly() {
        Seen seen = rig.call(IDEMPOTENT);
        rig.attempts.only().fails(Reason.PEER_LOST);
        rig.time.advanceMs(100);
        rig.attempts.get(2).fails(StatusCode.NOT_FOUND);
        assertThat(end(seen).code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(rig.attempts.sent).hasSize(2);
    }

    @Test
    void aClosedChannelIsNotTriedAgain() {
        Seen seen = rig.call(IDEMPOTENT);
        rig.attempts.only().fails(Reason.CLOSED);
        assertThat(end(seen).code()).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    void theWaitDoublesAndIsPartlyRandom() {
        rig.random = 0.5;
        rig.call(IDEMPOTENT);
        rig.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        rig.time.advanceMs(74);
        assertThat(rig.attempts.sent).hasSize(1);
        rig.time.advanceMs(1);
        assertThat(rig.attempts.sent).hasSize(2);
        rig.attempts.get(2).fails(StatusCode.UNAVAILABLE);
        rig.time.advanceMs(149);
        assertThat(rig.attempts.sent).hasSize(2);
        rig.time.advanceMs(1);
        assertThat(rig.attempts.sent).hasSize(3);
    }

    @Test
    void theLastAttemptsFailureIsTheCallsAndSaysHowManyThereWere() {
        Seen seen = rig.call(IDEMPOTENT);
        for (int i = 1; i <= 3; i++) {
            assertThat(seen.status).isNull();
            rig.attempts.get(i).fails(Status.of(StatusCode.UNAVAILABLE, "no " + i), RetryMetadata.retryAfter(ms(1)));
            rig.time.advanceMs(1000);
        }
        assertThat(rig.attempts.sent).hasSize(3);
        assertThat(end(seen).message()).isEqualTo("no 3 (after 3 attempts)");
        assertThat(seen.trailers.get(RetryMetadata.PUSH_BACK_MS)).isEqualTo("1");
    }

    @Test
    void theServerIsToldTheNumberOfTheAttempt() {
        rig.call(IDEMPOTENT);
        rig.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        rig.time.advanceMs(100);
        assertThat(rig.attempts.get(1).metadata.get(RetryMetadata.ATTEMPT)).isNull();
        assertThat(rig.attempts.get(1).number()).isEqualTo(1);
        assertThat(rig.attempts.get(2).number()).isEqualTo(2);
    }

    @Test
    void anotherServerIsTriedAtOnceIfTheFirstCannotHaveRunTheCall() {
        rig.attempts.peers = 2;
        rig.call(METHOD);
        rig.attempts.get(1).fails(Reason.UNREACHABLE);
        assertThat(rig.attempts.sent).as("at once, on the second server").hasSize(2);
        rig.attempts.get(2).fails(Reason.UNREACHABLE);
        assertThat(rig.attempts.sent).as("no third server").hasSize(2);
        rig.time.advanceMs(200);
        assertThat(rig.attempts.sent).hasSize(3);
    }

    @Test
    void theServersHintReplacesTheBackoff() {
        rig.call(METHOD);
        rig.attempts
                .only()
                .fails(
                        Status.of(StatusCode.RESOURCE_EXHAUSTED, "full"),
                        RetryMetadata.retryAfter(ms(700)).plus(RetryMetadata.REFUSED, "test"));
        rig.time.advanceMs(699);
        assertThat(rig.attempts.sent).hasSize(1);
        rig.time.advanceMs(1);
        assertThat(rig.attempts.sent).hasSize(2);
    }

    @Test
    void aHintForNeverEndsTheCallAndSoDoesOneThatIsNoNumber() {
        Seen never = rig.call(IDEMPOTENT);
        rig.attempts.get(1).fails(Status.of(StatusCode.UNAVAILABLE, "x"), RetryMetadata.doNotRetry());
        assertThat(end(never).message()).contains("the server asked for that");
        Seen odd = rig.call(IDEMPOTENT);
        rig.attempts
                .get(2)
                .fails(Status.of(StatusCode.UNAVAILABLE, "x"), Metadata.of(RetryMetadata.PUSH_BACK_MS, "soon"));
        assertThat(end(odd).code()).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    void aHintDoesNotMakeAFailureRetryable() {
        Seen seen = rig.call(METHOD);
        rig.attempts.only().fails(Status.of(StatusCode.UNAVAILABLE, "x"), RetryMetadata.retryAfter(ms(1)));
        assertThat(end(seen).code()).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    void noRetryBeginsAfterTheDeadline() {
        Seen seen = rig.call(
                IDEMPOTENT, CallOptions.DEFAULT.withDeadline(Deadline.at(rig.time.nowNs() + ms(150).toNanos())), null);
        rig.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        rig.time.advanceMs(100);
        rig.attempts.get(2).fails(StatusCode.UNAVAILABLE);
        assertThat(end(seen).message()).contains("after 2 attempts").contains("the deadline is too near");
    }

    @Test
    void everyAttemptHasTheDeadlineOfTheCall() {
        Deadline outer = Deadline.at(rig.time.nowNs() + ms(800).toNanos());
        rig.call(
                IDEMPOTENT,
                CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(3)),
                new FakeContext(Metadata.EMPTY, outer));
        rig.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        rig.time.advanceMs(100);
        assertThat(rig.attempts.get(1).deadline()).isEqualTo(outer);
        assertThat(rig.attempts.get(2).deadline()).isEqualTo(outer);
        assertThat(rig.attempts.get(2).served).as("this call sees to that").isNull();
    }

    @Test
    void anAttemptThatTakesTooLongIsTriedAgainForIdempotentMethods() {
        ResilienceRig timed = new ResilienceRig(policy(RETRY.withAttemptTimeout(ms(30))));
        Seen seen = timed.call(IDEMPOTENT);
        Deadline first = Objects.requireNonNull(timed.attempts.get(1).attempt).deadline();
        assertThat(Objects.requireNonNull(first).atNs() - timed.time.nowNs()).isEqualTo(30_000_000);
        timed.time.advanceMs(30);
        timed.attempts.get(1).fails(StatusCode.DEADLINE_EXCEEDED);
        timed.time.advanceMs(100);
        timed.attempts.get(2).answers("b");
        assertThat(end(seen).isOk()).isTrue();
        assertThat(timed.count(CallEvent.ATTEMPT_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void anotherMethodsAttemptsHaveNoTimeoutOfTheirOwn() {
        ResilienceRig timed = new ResilienceRig(policy(RETRY.withAttemptTimeout(ms(30))));
        timed.call(METHOD);
        assertThat(timed.attempts.only().deadline()).isNull();
    }

    @Test
    void theDeadlineOfTheCallIsNotTriedAgain() {
        ResilienceRig timed = new ResilienceRig(policy(RETRY.withAttemptTimeout(ms(30))));
        Seen seen = timed.call(
                IDEMPOTENT, CallOptions.DEFAULT.withDeadline(Deadline.at(timed.time.nowNs() + ms(20).toNanos())), null);
        timed.time.advanceMs(20);
        timed.attempts.only().fails(StatusCode.DEADLINE_EXCEEDED);
        assertThat(end(seen).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(timed.count(CallEvent.ATTEMPT_TIMEOUT)).isZero();
    }

    @Test
    void anEmptyBudgetEndsTheCallAndIsCounted() {
        ResilienceRig poor = new ResilienceRig(policy(RETRY), 1);
        Seen first = poor.call(IDEMPOTENT);
        poor.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        poor.time.advanceMs(100);
        poor.attempts.get(2).fails(StatusCode.UNAVAILABLE);
        assertThat(end(first).message()).contains("the retry budget is used up");
        assertThat(poor.count(CallEvent.BUDGET_EXHAUSTED)).isEqualTo(1);
    }

    @Test
    void cancellingWhileARetryWaitsEndsTheCallAndGivesTheTokenBack() {
        ResilienceRig poor = new ResilienceRig(policy(RETRY), 1);
        Seen seen = poor.call(IDEMPOTENT);
        poor.attempts.only().fails(StatusCode.UNAVAILABLE);
        Objects.requireNonNull(seen.call).cancel("enough", null);
        assertThat(end(seen).code()).isEqualTo(StatusCode.CANCELLED);
        assertThat(poor.time.waiting()).isZero();
        Seen other = poor.call(IDEMPOTENT);
        poor.attempts.get(2).fails(StatusCode.UNAVAILABLE);
        poor.time.advanceMs(100);
        poor.attempts.get(3).answers("c");
        assertThat(end(other).isOk()).isTrue();
    }

    @Test
    void cancellingReachesTheAttemptUnderWay() {
        Seen seen = rig.call(METHOD);
        Objects.requireNonNull(seen.call).cancel("enough", null);
        assertThat(rig.attempts.only().cancelled).isEqualTo("enough");
        assertThat(end(seen).message()).isEqualTo("enough");
    }

    @Test
    void theCallBeingServedCancelsItsCallsAndForgetsThemWhenTheyEnd() {
        FakeContext served = new FakeContext(Metadata.EMPTY, null);
        Seen cancelled = rig.call(IDEMPOTENT, CallOptions.DEFAULT, served);
        rig.attempts.only().fails(StatusCode.UNAVAILABLE);
        served.cancel();
        assertThat(end(cancelled).code()).isEqualTo(StatusCode.CANCELLED);

        FakeContext other = new FakeContext(Metadata.EMPTY, null);
        rig.call(IDEMPOTENT, CallOptions.DEFAULT, other);
        rig.attempts.get(2).answers("b");
        assertThat(other.waiting).isEmpty();

        Seen never = rig.call(IDEMPOTENT, CallOptions.DEFAULT, served);
        assertThat(end(never).code()).isEqualTo(StatusCode.CANCELLED);
        assertThat(rig.attempts.sent).hasSize(2);
    }

    @Test
    void optionsOfACallReplaceThePolicyOfItsChannel() {
        Seen none = rig.call(IDEMPOTENT, CallOptions.DEFAULT.with(RetryPolicy.OPTION, RetryPolicy.NONE), null);
        assertThat(rig.attempts.only().retry).as("a plain call").isNull();
        rig.attempts.only().fails(StatusCode.UNAVAILABLE);
        assertThat(end(none).code()).isEqualTo(StatusCode.UNAVAILABLE);
    }

    @Test
    void attemptsThatFailBeforeTheyAreSentEndInTheEnd() {
        rig.attempts.peers = 100;
        rig.attempts.atOnce = Status.of(StatusCode.RESOURCE_EXHAUSTED, "no room")
                .withCause(new dev.remora.spi.TransportException(Reason.OVERLOADED, "no room"));
        Seen seen = rig.call(METHOD);
        assertThat(rig.attempts.sent).hasSize(3);
        assertThat(end(seen).message()).isEqualTo("no room (after 3 attempts)");
    }

    @Test
    void onlyTheThreadThatMakesTheFirstAttemptDrivesIt() {
        Seen seen = new Seen();
        seen.drives = true;
        rig.call(IDEMPOTENT, CallOptions.DEFAULT, null, seen);
        assertThat(rig.attempts.get(1).drives()).isTrue();
        assertThat(Objects.requireNonNull(seen.call).drive()).isTrue();
        rig.attempts.get(1).fails(StatusCode.UNAVAILABLE);
        rig.time.advanceMs(100);
        assertThat(rig.attempts.get(2).drives())
                .as("nobody drives what the clock has sent")
                .isFalse();
        assertThat(seen.call.drive()).isFalse();
    }
}
