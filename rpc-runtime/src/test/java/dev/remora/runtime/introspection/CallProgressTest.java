package dev.remora.runtime.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.IntrospectionSettings;
import dev.remora.runtime.introspection.v1.SlowCall;
import dev.remora.spi.Endpoint;
import java.util.Collections;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CallProgressTest {
    private static final MethodDescriptor<?, ?> METHOD = MethodDescriptor.protobuf(
            "test.Text",
            "Echo",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    private static final Metadata.Key<String> TENANT = Metadata.Key.text("tenant");
    private static final Endpoint SERVER = new Endpoint("10.0.0.1", 7000);
    private static final int ROOM = 8192;
    private static final long MS = 1_000_000;

    /** Where the scale of nanoTime begins is arbitrary. */
    private static final long START_NS = -5 * MS;

    private final LiveCalls calls = LiveCalls.create();

    private CallProgress client() {
        return calls.client(METHOD).begin(START_NS);
    }

    private CallProgress server() {
        return calls.server(METHOD).begin(START_NS);
    }

    private static long at(long ms) {
        return START_NS + ms * MS;
    }

    private static String phases(CallProgress call, long ms) {
        return Explanation.phases(call.report(at(ms)));
    }

    @Test
    void aClientsPhasesAddUpToItsDuration() {
        CallProgress call = client();
        call.sendingTo(SERVER, at(20));
        call.enter(CallPhase.WAITING, at(50));
        call.enter(CallPhase.RECEIVING, at(290));
        CallReport report = call.report(at(300));
        assertThat(report.durationNs()).isEqualTo(300 * MS);
        assertThat(report.phases())
                .containsExactly(
                        new PhaseTime(CallPhase.QUEUED, 20 * MS),
                        new PhaseTime(CallPhase.SENDING, 30 * MS),
                        new PhaseTime(CallPhase.WAITING, 240 * MS),
                        new PhaseTime(CallPhase.RECEIVING, 10 * MS));
        assertThat(LongStream.of(20, 30, 240, 10).sum() * MS).isEqualTo(report.durationNs());
        assertThat(report.peer()).isEqualTo("10.0.0.1:7000");
    }

    @Test
    void aCallInProgressIsInItsLastPhase() {
        CallProgress call = server();
        assertThat(phases(call, 12)).isEqualTo("queued 12 ms");
        call.enter(CallPhase.HANDLING, at(15));
        assertThat(phases(call, 40)).isEqualTo("queued 15 ms + handler 25 ms");
    }

    @Test
    void clocksOfSeveralThreadsNeverGiveANegativeTime() {
        CallProgress call = client();
        call.sendingTo(SERVER, at(20));
        call.enter(CallPhase.WAITING, at(10));
        assertThat(phases(call, 5)).isEqualTo("queued 5.0 ms + sending 0.00 ms + waiting for 10.0.0.1:7000 0.00 ms");
    }

    @Test
    void aSlowAnswerTellsTheServersPhases() {
        CallProgress server = server();
        server.enter(CallPhase.HANDLING, at(30));
        server.enter(CallPhase.RESPONDING, at(230));
        Metadata sent = server.withServerTimes(Metadata.of(TENANT, "x"), at(230), ROOM);
        assertThat(sent.names()).containsExactly("tenant", ServerTimes.KEY.name());

        CallProgress client = client();
        client.sendingTo(SERVER, at(1));
        client.enter(CallPhase.WAITING, at(2));
        client.enter(CallPhase.RECEIVING, at(252));
        assertThat(client.takeServerTimes(sent)).isEqualTo(Metadata.of(TENANT, "x"));
        assertThat(client.report(at(252)).server()).isEqualTo(new ServerTimes(30 * MS, 200 * MS));
        assertThat(client.report(at(252)).explanation())
                .isEqualTo("252 ms = queued 1.0 ms + sending 1.0 ms + waiting for 10.0.0.1:7000 250 ms"
                        + " (server: queued 30 ms, handler 200 ms; network and transport 20 ms)"
                        + " + receiving 0.00 ms; mostly the handler");
    }

    @Test
    void aFastAnswerCarriesNothing() {
        CallProgress server = server();
        server.enter(CallPhase.HANDLING, START_NS + 10);
        assertThat(server.withServerTimes(Metadata.EMPTY, START_NS + MS - 1, ROOM))
                .isSameAs(Metadata.EMPTY);
    }

    @Test
    void trailersThatAreFullAlreadyAreLeftAlone() {
        Metadata big = Metadata.of(Metadata.Key.text("big"), String.join("", Collections.nCopies(200, "x")));
        assertThat(server().withServerTimes(big, at(50), 250)).isSameAs(big);
        assertThat(server().withServerTimes(big, at(50), 300).size()).isEqualTo(2);
    }

    @Test
    void nonsenseFromTheServerIsIgnoredAndTakenAway() {
        for (byte[] bytes : new byte[][] {{1, 2, 3}, {}, new byte[500]}) {
            CallProgress client = client();
            assertThat(client.takeServerTimes(Metadata.of(ServerTimes.KEY, bytes)))
                    .isEqualTo(Metadata.EMPTY);
            client.report(at(10)).explanation();
        }
    }

    @Test
    void timesBeyondMeasureDoNotOverflow() {
        Metadata huge = Metadata.of(
                ServerTimes.KEY,
                dev.remora.runtime.introspection.v1.ServerPhases.newBuilder()
                        .setQueuedUs(Long.MAX_VALUE)
                        .setHandlingUs(Long.MAX_VALUE)
                        .build()
                        .toByteArray());
        CallProgress client = client();
        client.sendingTo(SERVER, at(1));
        client.enter(CallPhase.WAITING, at(1));
        client.takeServerTimes(huge);
        assertThat(client.report(at(10)).explanation()).contains("network and transport 0.00 ms");
    }

    @Test
    void aPassedDeadlineIsExplainedInTextAndDetail() {
        CallProgress call = client();
        call.sendingTo(SERVER, at(1));
        call.enter(CallPhase.WAITING, at(2));
        Status status = call.explain(Status.of(StatusCode.DEADLINE_EXCEEDED, "deadline passed"), at(200));
        assertThat(status.message())
                .isEqualTo("deadline passed: queued 1.0 ms + sending 1.0 ms + waiting for 10.0.0.1:7000 198 ms");
        SlowCall detail = status.detail(SlowCall.class).orElseThrow();
        assertThat(detail.getPeer()).isEqualTo("10.0.0.1:7000");
        assertThat(detail.getPhases(2).getPhase()).isEqualTo("waiting");
        assertThat(detail.getPhases(2).getDurationUs()).isEqualTo(198_000);
    }

    @Test
    void aServersAnswerOfAPassedDeadlineIsExplainedAtTheClient() {
        CallProgress server = server();
        server.enter(CallPhase.HANDLING, at(10));
        Status sent =
                server.explain(Status.of(StatusCode.DEADLINE_EXCEEDED, "deadline passed in the handler"), at(190));
        assertThat(sent.message()).isEqualTo("deadline passed in the handler");
        assertThat(sent.details()).hasSize(1);

        CallProgress client = client();
        client.sendingTo(SERVER, at(1));
        client.enter(CallPhase.WAITING, at(2));
        client.enter(CallPhase.RECEIVING, at(196));
        client.takeServerTimes(server.withServerTimes(Metadata.EMPTY, at(190), ROOM));
        assertThat(client.explain(sent, at(196)).message())
                .isEqualTo("deadline passed in the handler: queued 1.0 ms + sending 1.0 ms"
                        + " + waiting for 10.0.0.1:7000 194 ms (server: queued 10 ms, handler 180 ms;"
                        + " network and transport 4.0 ms) + receiving 0.00 ms");
    }

    @Test
    void onlyADeadlineIsExplained() {
        Status status = Status.of(StatusCode.NOT_FOUND, "no");
        assertThat(client().explain(status, at(1))).isSameAs(status);
    }

    @Test
    void whatIsNotWatchedStaysAsItIs() {
        CallProgress call = LiveCalls.none().server(METHOD).begin(START_NS);
        assertThat(call).isSameAs(CallProgress.NONE);
        call.enter(CallPhase.HANDLING, at(1));
        assertThat(call.withServerTimes(Metadata.EMPTY, at(500), ROOM)).isSameAs(Metadata.EMPTY);
        Status status = Status.of(StatusCode.DEADLINE_EXCEEDED, "x");
        assertThat(call.explain(status, at(2))).isSameAs(status);
        call.end(StatusCode.OK, at(3));
    }

    @Test
    void evenWhoDoesNotWatchTakesTheTrailerAway() {
        CallProgress call = LiveCalls.none().client(METHOD).begin(START_NS);
        assertThat(call.takeServerTimes(Metadata.of(ServerTimes.KEY, new byte[] {8, 1})))
                .isEqualTo(Metadata.EMPTY);
    }

    @Test
    void theThresholdIsASetting() {
        LiveCalls always = new LiveCalls(
                DefaultValues.of(IntrospectionSettings.ALL).with(IntrospectionSettings.REPORT_PHASES_FROM, 0L));
        assertThat(always.server(METHOD).begin(START_NS).withServerTimes(Metadata.EMPTY, START_NS, ROOM))
                .isNotEqualTo(Metadata.EMPTY);
    }
}
