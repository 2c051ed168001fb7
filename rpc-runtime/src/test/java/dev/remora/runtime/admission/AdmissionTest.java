package dev.remora.runtime.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.api.Criticality;
import dev.remora.api.RetryMetadata;
import dev.remora.runtime.admission.AdmissionRig.Call;
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.CallLevel;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private static final long MS = 1_000_000;

    private static UnaryOperator<DefaultValues> limits(long concurrent, long waiting) {
        return v -> v.with(ServerSettings.MAX_CONCURRENT_CALLS, concurrent)
                .with(AdmissionSettings.QUEUE_MAX_CALLS, waiting);
    }

    private static UnaryOperator<DefaultValues> ordered(long waiting, String order) {
        return v -> limits(1, waiting)
                .apply(v)
                .with(AdmissionSettings.QUEUE_ORDER, order)
                .with(AdmissionSettings.QUEUE_MAX_WAIT, 0L)
                .with(AdmissionSettings.QUEUE_OLDEST_SHARE, 0.0);
    }

    /** Ends the running call and whatever follows it, and tells the order of starts. */
    private static List<String> drain(AdmissionRig rig, List<Call> inOrderOfCreation, Call running) {
        rig.news();
        running.done();
        int seen = 0;
        while (seen < rig.events.size()) {
            String name = rig.events.get(seen++).split(" ")[1];
            inOrderOfCreation.stream()
                    .filter(c -> c.toString().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .done();
        }
        return rig.news();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void beyondItsBoundAServerRefusesAndNamesTheKnob(long waiting) {
        AdmissionRig rig = new AdmissionRig(limits(2, waiting));
        Call a = rig.call("a");
        rig.call("b");
        if (waiting == 1) {
            rig.call("w");
        }
        Call c = rig.call("c");
        assertThat(rig.news())
                .startsWith("start a", "start b")
                .endsWith("refuse c " + (waiting == 0 ? "CONCURRENCY" : "QUEUE_FULL"));
        Refusal refusal = Objects.requireNonNull(c.refusal);
        assertThat(refusal.message()).contains(waiting == 0 ? "max-concurrent-calls" : "queue.max-calls");
        assertThat(refusal.trailers().get(RetryMetadata.REFUSED)).isNotNull();
        a.done();
        assertThat(rig.admission.inProgress()).isEqualTo(waiting == 0 ? 1 : 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5})
    void bytesInProgressAreBoundedAndGivenBack(long waiting) {
        AdmissionRig rig = new AdmissionRig(v -> limits(10, waiting)
                .apply(v)
                .with(ServerSettings.MAX_REQUEST_BYTES, 1000L)
                .with(AdmissionSettings.MAX_BYTES_IN_PROGRESS, 1000L));
        Call a = rig.call("a", 600);
        Call b = rig.call("b", 500);
        assertThat(Objects.requireNonNull(b.refusal).kind()).isEqualTo(Refusal.Kind.BYTES);
        assertThat(b.refusal.message()).contains("max-bytes-in-progress");
        assertThat(rig.admission.bytes()).isEqualTo(600);
        a.done();
        assertThat(rig.call("c", 1000).refusal).isNull();
        assertThat(rig.admission.bytes()).isEqualTo(1000);
        assertThat(rig.admission.inProgress()).isEqualTo(1);
    }

    @Test
    void fewerBytesThanOneRequestMayHaveIsAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AdmissionRig(v -> v.with(AdmissionSettings.MAX_BYTES_IN_PROGRESS, 10L)))
                .withMessageContaining("max-bytes-in-progress")
                .withMessageContaining("max-request-bytes");
    }

    @Test
    void waitingCallsFollowInTheOrderOfTheirArrival() {
        AdmissionRig rig = new AdmissionRig(ordered(5, "fifo"));
        Call a = rig.call("a");
        List<Call> waiting = List.of(rig.call("b", 9), rig.call("c", 1), rig.call("d", 5));
        assertThat(rig.news()).containsExactly("start a");
        assertThat(rig.admission.waiting()).isEqualTo(3);
        assertThat(rig.count(CallLevel.WAITING.word())).isEqualTo(3);
        assertThat(drain(rig, waiting, a)).containsExactly("start b", "start c", "start d");
        assertThat(rig.count(CallEvent.QUEUED)).isEqualTo(3);
        assertThat(rig.count(CallLevel.WAITING.word())).isZero();
    }

    @Test
    void srptServesTheSmallestRequestFirst() {
        AdmissionRig rig = new AdmissionRig(ordered(5, "srpt"));
        Call a = rig.call("a");
        List<Call> waiting = List.of(rig.call("b", 9), rig.call("c", 1), rig.call("d", 5), rig.call("e", 1));
        assertThat(drain(rig, waiting, a)).containsExactly("start c", "start e", "start d", "start b");
    }

    @Test
    void aShareOfTheCallsIsTakenByAgeSoThatLargeOnesAreServedToo() {
        AdmissionRig rig =
                new AdmissionRig(v -> ordered(1000, "srpt").apply(v).with(AdmissionSettings.QUEUE_OLDEST_SHARE, 0.1));
        Call running = rig.call("first");
        rig.call("large", 1_000_000);
        for (int i = 0; i < 100; i++) {
            rig.call("small" + i, 10);
        }
        rig.news();
        for (int i = 1; i <= 11; i++) {
            running.done();
            running = rig.call("more" + i, 10);
        }
        assertThat(rig.news()).contains("start large");
    }

    @Test
    void adaptiveLifoTurnsAroundWhileTheQueueDoesNotGetEmpty() {
        AdmissionRig rig = new AdmissionRig(ordered(10, "adaptive-lifo"));
        Call a = rig.call("a");
        Call b = rig.call("b");
        Call c = rig.call("c");
        rig.news();
        a.done();
        assertThat(rig.news()).as("calm").containsExactly("start b");
        rig.time.advanceMs(100);
        Call d = rig.call("d");
        Call e = rig.call("e");
        b.done();
        assertThat(rig.news()).as("overloaded").containsExactly("start e");
        e.done();
        d.done();
        c.done();
        assertThat(rig.news()).containsExactly("start d", "start c");
        rig.time.advanceMs(1000);
        Call f = rig.call("f");
        List<Call> again = List.of(rig.call("g"), rig.call("h"));
        assertThat(drain(rig, again, f)).as("calm again").containsExactly("start g", "start h");
    }

    @Test
    void moreCriticalCallsAreServedFirst() {
        AdmissionRig rig = new AdmissionRig(ordered(10, "fifo"));
        Call a = rig.call("a");
        List<Call> waiting = List.of(
                rig.call("s", Criticality.SHEDDABLE),
                rig.call("c", Criticality.CRITICAL),
                rig.call("p", Criticality.SHEDDABLE_PLUS),
                rig.call("x", Criticality.CRITICAL_PLUS));
        assertThat(drain(rig, waiting, a)).containsExactly("start x", "start c", "start p", "start s");
    }

    @Test
    void aFullQueueShedsTheLeastCriticalAndOfThoseTheLastToBeServed() {
        AdmissionRig rig = new AdmissionRig(ordered(3, "fifo"));
        rig.call("a");
        rig.call("s1", Criticality.SHEDDABLE);
        rig.call("s2", Criticality.SHEDDABLE);
        rig.call("c1", Criticality.CRITICAL);
        rig.news();
        rig.call("s3", Criticality.SHEDDABLE);
        rig.call("c2", Criticality.CRITICAL);
        rig.call("c3", Criticality.CRITICAL);
        rig.call("c4", Criticality.CRITICAL);
        rig.call("x", Criticality.CRITICAL_PLUS);
        assertThat(rig.news())
                .containsExactly(
                        "refuse s3 QUEUE_FULL",
                        "refuse s2 QUEUE_FULL",
                        "refuse s1 QUEUE_FULL",
                        "refuse c4 QUEUE_FULL",
                        "refuse c3 QUEUE_FULL");
        assertThat(rig.admission.waiting()).isEqualTo(3);
        assertThat(rig.count(CallEvent.REFUSED_QUEUE_FULL)).isEqualTo(5);
    }

    @Test
    void aFullQueueBySizeShedsTheLargest() {
        AdmissionRig rig = new AdmissionRig(ordered(2, "srpt"));
        rig.call("a");
        rig.call("b", 10);
        rig.call("c", 1000);
        rig.news();
        rig.call("d", 500);
        rig.call("e", 5000);
        assertThat(rig.news()).containsExactly("refuse c QUEUE_FULL", "refuse e QUEUE_FULL");
    }

    @Test
    void lessCriticalCallsMakeRoomForTheBytesOfMoreCriticalOnes() {
        AdmissionRig rig = new AdmissionRig(v -> ordered(10, "fifo")
                .apply(v)
                .with(ServerSettings.MAX_REQUEST_BYTES, 1000L)
                .with(AdmissionSettings.MAX_BYTES_IN_PROGRESS, 1000L));
        rig.call("a", 100);
        rig.call("s", 500, Criticality.SHEDDABLE, 0);
        rig.call("c", 400, Criticality.CRITICAL, 0);
        rig.news();
        rig.call("d", 400, Criticality.CRITICAL, 0);
        rig.call("e", 400, Criticality.CRITICAL, 0);
        assertThat(rig.news()).containsExactly("refuse s BYTES", "refuse e BYTES");
        assertThat(rig.admission.bytes()).isEqualTo(900);
    }

    @Test
    void callsThatMayNotWaitAreRefusedInstead() {
        AdmissionRig rig = new AdmissionRig(ordered(10, "fifo"));
        rig.call("a");
        Call inline = rig.new Call("i", rig.lane(), 1, Criticality.CRITICAL, 0);
        inline.inline = true;
        rig.offer(inline);
        assertThat(rig.news()).containsExactly("start a", "refuse i CONCURRENCY");
    }

    @Test
    void noCallWaitsLongerThanItMayEvenIfNoHandlerEnds() {
        AdmissionRig rig =
                new AdmissionRig(v -> limits(1, 10).apply(v).with(AdmissionSettings.QUEUE_MAX_WAIT, 200 * MS));
        rig.call("a");
        rig.call("b");
        rig.time.advanceMs(150);
        rig.call("c");
        rig.news();
        rig.time.advanceMs(49);
        assertThat(rig.news()).isEmpty();
        rig.time.advanceMs(1);
        assertThat(rig.news()).containsExactly("refuse b WAIT");
        rig.time.advanceMs(150);
        assertThat(rig.news()).containsExactly("refuse c WAIT");
        assertThat(rig.time.waiting()).isZero();
        assertThat(rig.admission.waiting()).isZero();
        assertThat(rig.admission.bytes()).isEqualTo(100);
    }

    @Test
    void aCallThatIsCancelledLeavesTheQueue() {
        AdmissionRig rig = new AdmissionRig(ordered(10, "fifo"));
        Call a = rig.call("a");
        Call b = rig.call("b");
        Call c = rig.call("c");
        b.leave();
        b.leave();
        assertThat(rig.admission.waiting()).isEqualTo(1);
        assertThat(rig.admission.bytes()).isEqualTo(200);
        assertThat(rig.count(CallEvent.LEFT_QUEUE)).isEqualTo(1);
        a.done();
        assertThat(rig.news()).containsExactly("start a", "leave b", "start c");
        assertThat(rig.admission.withdraw(c)).as("it runs").isFalse();
    }

    @Test
    void aCallThatWasCancelledBeforeItWaitedDoesNotWait() {
        AdmissionRig rig = new AdmissionRig(ordered(10, "fifo"));
        rig.call("a");
        Call early = rig.new Call("b", rig.lane(), 1, Criticality.CRITICAL, 0);
        early.cancelled = true;
        rig.offer(early);
        assertThat(rig.news()).containsExactly("start a", "leave b");
        assertThat(rig.admission.waiting()).isZero();
    }

    @Test
    void workThatCannotEndInTimeIsRefusedWhenItComes() {
        AdmissionRig rig = new AdmissionRig(limits(2, 10));
        for (int i = 0; i < 20; i++) {
            Call call = rig.call("w");
            rig.time.advanceMs(50);
            call.done();
        }
        rig.news();
        rig.timed("hopeless", 40);
        rig.timed("fine", 60);
        assertThat(rig.news()).containsExactly("refuse hopeless DEADLINE", "start fine");
    }

    @Test
    void waitingCountsAgainstTheDeadlineToo() {
        AdmissionRig rig = new AdmissionRig(ordered(100, "fifo"));
        Call running = rig.call("first");
        for (int i = 0; i < 10; i++) {
            rig.call("w" + i);
        }
        // Handlers take 50 ms, one at a time.
        for (int i = 0; i < 5; i++) {
            Call next = rig.call("n" + i);
            rig.time.advanceMs(50);
            running.done();
            running = next;
        }
        rig.news();
        rig.timed("hopeless", 300);
        rig.timed("fine", 800);
        assertThat(rig.news()).containsExactly("refuse hopeless DEADLINE");
        assertThat(rig.admission.waiting()).isEqualTo(11);
    }

    @Test
    void workThatCannotEndInTimeAnyMoreIsDroppedWhenItsTurnComes() {
        AdmissionRig rig = new AdmissionRig(ordered(100, "fifo"));
        Call a = rig.call("a");
        rig.timed("b", 100);
        rig.timed("c", 1000);
        rig.news();
        rig.time.advanceMs(80);
        a.done();
        assertThat(rig.news()).as("80 ms are not in 20").containsExactly("start c", "refuse b DEADLINE");
    }

    @Test
    void whatIsKnownOfHandlersIsForgottenWhenItIsOld() {
        AdmissionRig rig = new AdmissionRig(limits(2, 10));
        for (int i = 0; i < 20; i++) {
            Call call = rig.call("w");
            rig.time.advanceMs(50);
            call.done();
        }
        rig.time.advanceMs(1200);
        rig.news();
        rig.timed("again", 40);
        assertThat(rig.news()).containsExactly("start again");
    }

    @Test
    void withoutDeadlineAwarenessOnlyWhatHasExpiredIsDropped() {
        AdmissionRig rig =
                new AdmissionRig(v -> ordered(100, "fifo").apply(v).with(AdmissionSettings.DEADLINE_AWARE, false));
        Call a = rig.call("a");
        rig.timed("b", 100);
        rig.timed("c", 200);
        rig.news();
        rig.time.advanceMs(150);
        a.done();
        assertThat(rig.news()).containsExactly("start c", "refuse b DEADLINE");
    }

    @Test
    void aRefusalSaysWhenToComeAgainIfThatIsKnown() {
        AdmissionRig rig = new AdmissionRig(ordered(3, "fifo"));
        Call running = rig.call("a");
        for (int i = 0; i < 3; i++) {
            rig.call("w" + i);
        }
        List<Call> next = List.of(running);
        for (int i = 0; i < 2; i++) {
            rig.time.advanceMs(20);
            next.get(0).done();
            next = List.of(rig.call("n" + i));
        }
        Call refused = rig.call("late");
        assertThat(Objects.requireNonNull(refused.refusal).pushBackNs()).isBetween(50 * MS, 70 * MS);
        assertThat(refused.refusal.trailers().get(RetryMetadata.PUSH_BACK_MS)).isNotNull();
    }

    @Test
    void aMethodsOwnBoundDoesNotKeepOthersWaiting() {
        AdmissionRig rig = new AdmissionRig(
                v -> limits(3, 10).apply(v).with(AdmissionSettings.QUEUE_MAX_WAIT, 0L),
                policies -> policies.plus(
                        "slow", List.of("test.Text/Slow"), Map.of(AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS, 1L)));
        Lane slow = rig.lane("Slow");
        Call s1 = rig.callOf(slow, "s1");
        rig.callOf(slow, "s2");
        Call a = rig.call("a");
        rig.call("b");
        Call c = rig.call("c");
        assertThat(rig.news()).containsExactly("start s1", "start a", "start b");
        a.done();
        assertThat(rig.news()).as("s2 came first but its method is full").containsExactly("start c");
        c.done();
        s1.done();
        assertThat(rig.news()).containsExactly("start s2");
    }

    @Test
    void aMethodsOwnBoundRefusesWithoutQueue() {
        AdmissionRig rig =
                new AdmissionRig(v -> limits(3, 0).apply(v).with(AdmissionSettings.METHOD_MAX_CONCURRENT_CALLS, 1L));
        rig.call("a");
        Call b = rig.call("b");
        assertThat(Objects.requireNonNull(b.refusal).kind()).isEqualTo(Refusal.Kind.METHOD);
        assertThat(b.refusal.message()).contains("method-max-concurrent-calls");
    }

    @Test
    void itIsToldHowLongCallsWaited() {
        AdmissionRig rig = new AdmissionRig(ordered(10, "fifo"));
        Call a = rig.call("a");
        rig.call("b");
        rig.time.advanceMs(30);
        a.done();
        assertThat(rig.waits).containsExactly(30 * MS);
    }
}
