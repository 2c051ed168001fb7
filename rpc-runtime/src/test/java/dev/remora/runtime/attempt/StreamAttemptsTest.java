package dev.remora.runtime.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallOptions;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.StreamAttempts.Next;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.CallLevel;
import dev.remora.runtime.resilience.BreakerPolicy;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamAttemptsTest {
    private static final long MS = 1_000_000;
    /** Opens at half of at least 4 in 1 s, for 500 ms, with 2 trials. */
    private static final BreakerPolicy BREAKER =
            new BreakerPolicy(true, 0.5, Set.of(StatusCode.UNAVAILABLE), 0, 1.0, 1000 * MS, 4, 500 * MS, 2);

    private static final Metadata REFUSED = Metadata.of(RetryMetadata.REFUSED, "test");
    private static final Status FULL = Status.of(StatusCode.RESOURCE_EXHAUSTED, "full");

    private final ResilienceRig rig = new ResilienceRig(CallPolicy.DEFAULT.withBreaker(BREAKER));

    private StreamAttempts stream() {
        return stream(rig, false);
    }

    private static StreamAttempts stream(ResilienceRig rig, boolean patient) {
        return rig.resilience.newStream(ResilienceRig.METHOD, CallOptions.DEFAULT, patient);
    }

    private StreamAttempts opened() {
        StreamAttempts stream = stream();
        assertThat(stream.open()).isNull();
        return stream;
    }

    private static Status failure(Reason reason) {
        return Status.of(StatusCode.UNAVAILABLE, reason.name()).withCause(new TransportException(reason, "test"));
    }

    private static Next refused(StreamAttempts stream) {
        return Objects.requireNonNull(stream.failed(FULL, REFUSED, null));
    }

    private void fail(int streams) {
        for (int i = 0; i < streams; i++) {
            opened().ended(StatusCode.UNAVAILABLE, false);
        }
    }

    private boolean isRefused() {
        StreamAttempts stream = stream();
        Status refusal = stream.open();
        stream.ended(StatusCode.CANCELLED, true);
        return refusal != null;
    }

    private boolean isHalfOpen() {
        return rig.level(CallLevel.BREAKERS_HALF_OPEN) == 1;
    }

    // The breaker

    @Test
    void openingsThatFailOpenTheBreakerWhichSaysWhy() {
        fail(3);
        assertThat(isRefused()).isFalse();
        fail(1);
        Status refusal = Objects.requireNonNull(stream().open());
        assertThat(refusal.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(refusal.message()).contains("was not sent: the circuit of test.Text/Echo is open");
        assertThat(rig.count(CallEvent.BREAKER_REFUSED)).isEqualTo(1);
    }

    @Test
    void aTrialHasSucceededWhenItsHandlerHasAnsweredHoweverLongItGoesOn() {
        fail(4);
        rig.time.advanceMs(500);
        StreamAttempts one = opened();
        StreamAttempts other = opened();
        assertThat(isRefused()).as("both trials are out").isTrue();
        one.answered();
        one.answered();
        assertThat(isHalfOpen()).as("one has answered, twice").isTrue();
        other.answered();
        assertThat(isHalfOpen()).isFalse();
        assertThat(isRefused()).isFalse();
        rig.time.advanceMs(3_600_000);
        one.ended(StatusCode.UNAVAILABLE, false);
        other.ended(StatusCode.UNAVAILABLE, false);
        fail(3);
        assertThat(isRefused()).as("their ends say nothing any more").isFalse();
    }

    @Test
    void aTrialThatWasAnsweredIsNotCountedAgainWhenItFails() {
        fail(4);
        rig.time.advanceMs(500);
        StreamAttempts one = opened();
        one.answered();
        one.ended(StatusCode.UNAVAILABLE, false);
        assertThat(isHalfOpen()).isTrue();
        opened().ended(StatusCode.OK, false);
        assertThat(isHalfOpen()).isFalse();
        assertThat(rig.level(CallLevel.BREAKERS_OPEN)).isZero();
    }

    @Test
    void aTrialThatFailsUnansweredOpensItAgain() {
        fail(4);
        rig.time.advanceMs(500);
        opened().ended(StatusCode.UNAVAILABLE, false);
        assertThat(rig.level(CallLevel.BREAKERS_OPEN)).isEqualTo(1);
    }

    @Test
    void aTrialThatIsGivenUpUnansweredLeavesItsPlaceToAnother() {
        fail(4);
        rig.time.advanceMs(500);
        opened().ended(StatusCode.CANCELLED, true);
        opened();
        opened();
        assertThat(isRefused()).isTrue();
    }

    @Test
    void aStreamThatFailsSoonCountsAsACallAndOneThatWasUpForLongDoesNot() {
        for (int i = 0; i < 2; i++) {
            StreamAttempts soon = opened();
            soon.answered();
            soon.ended(StatusCode.UNAVAILABLE, false);
        }
        StreamAttempts[] old = {opened(), opened(), opened(), opened(), opened(), opened()};
        for (StreamAttempts stream : old) {
            stream.answered();
        }
        assertThat(isRefused()).isFalse();
        rig.time.advanceMs(1001);
        for (StreamAttempts stream : old) {
            stream.ended(StatusCode.UNAVAILABLE, false); // their server is restarted
        }
        assertThat(isRefused()).as("six old streams of one server").isFalse();
        fail(5);
        assertThat(isRefused()).as("five of eleven").isFalse();
        StreamAttempts soon = opened();
        soon.answered();
        soon.ended(StatusCode.UNAVAILABLE, false);
        assertThat(isRefused()).as("six of twelve").isTrue();
    }

    @Test
    void whatItsClientEndsWasASuccessIfItWasAnsweredAndElseNothing() {
        for (int i = 0; i < 4; i++) {
            opened().ended(StatusCode.CANCELLED, true);
            StreamAttempts watch = opened();
            watch.answered();
            watch.ended(StatusCode.CANCELLED, true);
        }
        fail(3);
        assertThat(isRefused()).as("three of seven").isFalse();
        fail(1);
        assertThat(isRefused()).as("four of eight").isTrue();
    }

    @Test
    void eachOpeningAsksTheBreakerAndTellsIt() {
        fail(3);
        rig.attempts.peers = 5;
        StreamAttempts stream = opened();
        assertThat(Objects.requireNonNull(stream.failed(failure(Reason.UNREACHABLE), Metadata.EMPTY, null))
                        .isOpening())
                .isTrue();
        Status refusal = stream.open();
        assertThat(refusal).as("its first opening was the fourth failure").isNotNull();
        stream.ended(StatusCode.UNAVAILABLE, false);
        assertThat(rig.resilience.budget().withdraw(rig.time.nowNs())).isTrue();
        assertThat(rig.count(CallEvent.RETRY)).isZero();
    }

    // Further openings

    @Test
    void whatNoHandlerCanHaveSeenGoesToAnotherServerAtOnceWhileThereIsOne() {
        rig.attempts.peers = 2;
        StreamAttempts stream = opened();
        Next next = refused(stream);
        assertThat(next.delayNs()).isZero();
        assertThat(stream.open()).isNull();
        assertThat(stream.made()).isEqualTo(2);
        assertThat(rig.count(CallEvent.RETRY)).isEqualTo(1);
        rig.attempts.peers = 0;
        rig.random = 0;
        assertThat(refused(stream).delayNs()).as("the back-off").isEqualTo(100 * MS);
        assertThat(stream.open()).isNull();
        Next none = refused(stream);
        assertThat(none.isOpening()).isFalse();
        assertThat(none.status().message()).isEqualTo("full (after 3 attempts)");
    }

    @Test
    void whatAHandlerMayHaveSeenIsNotOpenedAgain() {
        StreamAttempts stream = opened();
        assertThat(stream.failed(FULL, Metadata.EMPTY, null)).isNull();
        assertThat(stream.failed(failure(Reason.PEER_LOST), Metadata.EMPTY, null))
                .isNull();
        assertThat(stream.failed(failure(Reason.CLOSED), Metadata.EMPTY, null)).isNull();
    }

    @Test
    void theServersWishTheDeadlineAndTheBudgetAreHeeded() {
        rig.attempts.peers = 0;
        Metadata never = REFUSED.plus(RetryMetadata.doNotRetry());
        assertThat(Objects.requireNonNull(opened().failed(FULL, never, null))
                        .status()
                        .message())
                .contains("the server asked for that");
        Metadata later = REFUSED.plus(RetryMetadata.retryAfter(Duration.ofMillis(70)));
        assertThat(Objects.requireNonNull(opened().failed(FULL, later, null)).delayNs())
                .isEqualTo(70 * MS);
        Deadline near = Deadline.at(rig.time.nowNs() + 10 * MS);
        assertThat(Objects.requireNonNull(opened().failed(FULL, REFUSED, near))
                        .status()
                        .message())
                .contains("the deadline is too near");
        ResilienceRig poor = new ResilienceRig(CallPolicy.DEFAULT, 1);
        StreamAttempts one = stream(poor, false);
        one.open();
        assertThat(refused(one).isOpening()).isTrue();
        StreamAttempts two = stream(poor, false);
        two.open();
        assertThat(refused(two).status().message()).contains("the retry budget is used up");
        one.ended(StatusCode.CANCELLED, true);
        StreamAttempts three = stream(poor, false);
        three.open();
        assertThat(refused(three).isOpening())
                .as("what was not made gives its token back")
                .isTrue();
    }

    @Test
    void aPatientStreamWaitsForAServerWithoutEndAndWithoutTokens() {
        ResilienceRig once = new ResilienceRig(CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE), 0);
        StreamAttempts stream = stream(once, true);
        assertThat(stream.mayBeSeveral()).isTrue();
        assertThat(stream.open()).isNull();
        for (int i = 0; i < 20; i++) {
            Next next = Objects.requireNonNull(stream.failed(failure(Reason.UNREACHABLE), Metadata.EMPTY, null));
            assertThat(next.delayNs()).isZero();
            assertThat(stream.open()).isNull();
        }
        assertThat(stream.made()).isEqualTo(1);
        assertThat(refused(stream).isOpening()).as("a refusal is another thing").isFalse();
        assertThat(stream(once, false).mayBeSeveral()).isFalse();
    }
}
