package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    private final Pair pair = new Pair();

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1_424, 1_425, 10_000, 31_250, 31_251, 40_000, 40_001, 300_000, 1_000_000})
    void messagesOfAnySizeGoAndComeBack(int length) {
        pair.request(length, 9);
        pair.runMs(20);

        assertThat(pair.outcomes).contains("response 9 " + length, "done NONE");
        assertThat(pair.executions).isEqualTo(1);
        assertNothingLeft();
    }

    @Test
    void segmentedUnitsArriveLikeSinglePackets() {
        Pair segmenting = new Pair(pair.config.with(Tunable.MAX_GSO_SIZE, 65_536));
        segmenting.request(500_000, 1);
        segmenting.runMs(20);

        assertThat(segmenting.outcomes).contains("response 1 500000");
        assertThat(segmenting.sentOf(HomaHeader.RESEND, false)).isEmpty();
    }

    @Test
    void firstContactExchangesCutoffsBothWays() {
        pair.request(100, 1);
        pair.runMs(5);

        assertThat(pair.sentOf(HomaHeader.CUTOFFS, false)).hasSize(1);
        assertThat(pair.sentOf(HomaHeader.CUTOFFS, true)).hasSize(1);
        assertThat(pair.sentOf(HomaHeader.DATA, true).getFirst().level()).isEqualTo(6);
        pair.request(100, 2);
        pair.runMs(5);
        assertThat(pair.sentOf(HomaHeader.DATA, true).getLast().level()).isEqualTo(7);
        assertThat(pair.sentOf(HomaHeader.CUTOFFS, false)).hasSize(1);
    }

    @Test
    void theAcknowledgmentRidesOnTheNextRequest() {
        pair.request(100, 1);
        pair.run(100_000);
        pair.request(100, 2);
        pair.run(100_000);

        assertThat(HomaHeader.ackId(pair.sentOf(HomaHeader.DATA, true).getLast().memory(), 0))
                .isNotZero();
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        assertThat(pair.sentOf(HomaHeader.ACK, true)).isEmpty();
    }

    @Test
    void anIdleClientFlushesItsAcknowledgments() {
        pair.request(100, 1);
        pair.runMs(2);

        assertThat(pair.sentOf(HomaHeader.ACK, true)).hasSize(1);
        assertThat(pair.sentOf(HomaHeader.NEED_ACK, false)).isEmpty();
        assertNothingLeft();
    }

    @Test
    void needAckIsAnsweredForAnRpcThatIsUnknown() {
        pair.lost = packet -> packet.type() == HomaHeader.ACK
                && pair.sentOf(HomaHeader.ACK, true).size() == 1;
        pair.request(100, 1);
        pair.runMs(10);

        assertThat(pair.sentOf(HomaHeader.NEED_ACK, false)).isNotEmpty();
        assertThat(pair.sentOf(HomaHeader.ACK, true).size()).isGreaterThan(1);
        assertNothingLeft();
    }

    @Test
    void aLostPacketIsAskedForAndNothingElse() {
        AtomicInteger seen = new AtomicInteger();
        pair.lost = packet -> packet.type() == HomaHeader.DATA && packet.toServer() && seen.incrementAndGet() == 3;
        pair.responseBytes = 1;
        pair.request(300_000, 1);
        pair.runMs(50);

        assertThat(pair.outcomes).contains("response 1 1");
        assertThat(pair.sentOf(HomaHeader.RESEND, false)).hasSize(1);
        Pair.Packet resend = pair.sentOf(HomaHeader.RESEND, false).getFirst();
        assertThat(HomaHeader.resendOffset(resend.memory(), 0)).isEqualTo(2 * 1_424);
        assertThat(HomaHeader.resendLength(resend.memory(), 0)).isEqualTo(1_424);
        assertThat(pair.sentOf(HomaHeader.DATA, true).stream()
                        .filter(packet -> HomaHeader.retransmit(packet.memory(), 0)))
                .hasSize(1);
        assertNothingLeft();
    }

    @Test
    void aLostRequestIsRepeatedAfterRpcUnknown() {
        AtomicInteger seen = new AtomicInteger();
        pair.lost = packet -> packet.type() == HomaHeader.DATA && packet.toServer() && seen.incrementAndGet() == 1;
        pair.request(100, 1);
        pair.runMs(30);

        assertThat(pair.sentOf(HomaHeader.RPC_UNKNOWN, false)).hasSize(1);
        assertThat(pair.outcomes).contains("response 1 100");
        assertThat(pair.executions).isEqualTo(1);
    }

    @Test
    void aSlowServerSaysBusyAndTheClientWaits() {
        pair.answer = false;
        pair.request(100, 1);
        pair.runMs(500);

        assertThat(pair.sentOf(HomaHeader.BUSY, false).size()).isBetween(15, 30);
        assertThat(pair.outcomes).isEmpty();
        pair.respond(pair.unanswered.getFirst(), 10);
        pair.runMs(10);
        assertThat(pair.outcomes).contains("response 1 10");
    }

    @Test
    void aDeadServerIsGivenUpAfterTheTimeout() {
        pair.lost = packet -> true;
        pair.request(100, 1);
        pair.runMs(99);
        assertThat(pair.outcomes).isEmpty();
        pair.runMs(3);

        assertThat(pair.outcomes).containsExactly("failed 1 TIMED_OUT");
        // After 5, 10, 20, 40, 65 and 90 ms.
        assertThat(pair.sentOf(HomaHeader.RESEND, true)).hasSize(6);
        assertThat(pair.client.clientRpcs()).isZero();
    }

    @Test
    void aDeadClientIsGivenUpAfterASecond() {
        pair.lost = packet -> packet.toServer() && packet.type() != HomaHeader.DATA;
        pair.request(100, 1);
        pair.runMs(1_300);

        assertThat(pair.outcomes).contains("done GIVEN_UP");
        assertThat(pair.sentOf(HomaHeader.NEED_ACK, false).size()).isBetween(5, 25);
        assertThat(pair.server.serverRpcs()).isZero();
    }

    @Test
    void aDelayedCopyOfARequestIsNotRunAgain() {
        pair.request(100, 1);
        pair.runMs(5);
        assertNothingLeft();
        Pair.Packet copy = pair.sentOf(HomaHeader.DATA, true).getFirst();
        pair.inject(true, copy.memory(), copy.bytes().length);
        pair.runMs(5);

        assertThat(pair.executions).isEqualTo(1);
        assertThat(pair.server.metrics().get(Counter.TOMBSTONE_HITS)).isEqualTo(1);
    }

    @Test
    void aServerThatHasJustStartedDoesNotRunRetransmissions() {
        pair.answer = false;
        pair.request(100, 1);
        pair.runMs(3);
        assertThat(pair.executions).isEqualTo(1);
        pair.server = new HomaEndpoint(HomaConfig.standard().withSeed(3), pair.serverBuffers, pair.nowNs);
        pair.server.listen(Pair.SERVER_PORT);
        pair.runMs(140);

        assertThat(pair.executions).isEqualTo(1);
        assertThat(pair.outcomes).containsExactly("failed 1 TIMED_OUT");
    }

    @Test
    void aPauseOfTheProcessIsNotTakenForSilence() {
        pair.answer = false;
        pair.request(100, 1);
        pair.runMs(20);
        // Both sleep for half a second; what is on the wire waits.
        pair.nowNs += 500_000_000;
        pair.runMs(20);

        assertThat(pair.outcomes).isEmpty();
        pair.respond(pair.unanswered.getFirst(), 10);
        pair.runMs(10);
        assertThat(pair.outcomes).contains("response 1 10");
    }

    @Test
    void aClientThatWasPausedDoesNotHaveAForgottenRequestRunAgain() {
        pair.answer = false;
        pair.request(100, 1);
        pair.runMs(3);
        assertThat(pair.executions).isEqualTo(1);
        // While the client sleeps its server gives the RPC up and forgets it.
        pair.nowNs += 3_000_000_000L;
        pair.server = new HomaEndpoint(
                HomaConfig.standard().withSeed(3).with(Tunable.QUARANTINE_NS, 0), pair.serverBuffers, pair.nowNs);
        pair.server.listen(Pair.SERVER_PORT);
        pair.runMs(50);

        assertThat(pair.executions).isEqualTo(1);
        assertThat(pair.outcomes).containsExactly("failed 1 TIMED_OUT");
    }

    @Test
    void portUnreachableFailsAtOnce() {
        pair.lost = packet -> true;
        pair.request(100, 1);
        pair.run(10_000);
        pair.client.onUnreachable(Unreachable.PORT, 0, Pair.SERVER, Pair.SERVER_PORT, pair.nowNs);
        pair.run(10_000);

        assertThat(pair.outcomes).containsExactly("failed 1 PORT_UNREACHABLE");
    }

    @Test
    void abortedRpcsAreForgottenByBothSides() {
        pair.answer = false;
        long handle = pair.request(100, 1);
        pair.runMs(1);
        assertThat(pair.client.abort(handle, RpcError.NONE, pair.nowNs)).isTrue();
        assertThat(pair.client.abort(handle, RpcError.NONE, pair.nowNs)).isFalse();
        pair.respond(pair.unanswered.getFirst(), 10);
        pair.runMs(10);

        assertThat(pair.outcomes).containsExactly("done NONE");
        assertNothingLeft();
    }

    @Test
    void unscheduledBytesFollowTheLink() {
        Pair slow = new Pair(pair.config.with(Tunable.LINK_MBPS, 200).with(Tunable.INITIAL_RTT_NS, 100_000));
        slow.request(100_000, 1);
        slow.runMs(1);

        assertThat(HomaHeader.incoming(
                        slow.sentOf(HomaHeader.DATA, true).getFirst().memory(), 0))
                .isEqualTo(2_500);
        slow.runMs(50);
        assertThat(slow.outcomes).contains("response 1 100000");
    }

    @Test
    void manyOutstandingRequestsAskForSmallUnscheduledResponses() {
        Pair incast = new Pair(pair.config.with(Tunable.INCAST_THRESHOLD, 4));
        incast.responseBytes = 20_000;
        for (int i = 0; i < 8; i++) {
            incast.request(100, i);
        }
        incast.runMs(20);

        assertThat(incast.outcomes.stream().filter(text -> text.startsWith("response")))
                .hasSize(8);
        assertThat(incast.sentOf(HomaHeader.DATA, false).stream()
                        .filter(packet -> HomaHeader.incoming(packet.memory(), 0) == 1_024)
                        .map(packet -> HomaHeader.senderId(packet.memory(), 0))
                        .distinct())
                .hasSize(4);
    }

    @Test
    void aServerWithoutBuffersAsksAgainWhenThereIsRoom() {
        Pair small = new Pair(pair.config);
        var held = small.serverBuffers;
        var taken = new java.util.ArrayList<dev.remora.homa.protocol.receive.MessageBuffer>();
        for (var buffer = held.allocate(1 << 20); buffer != null; buffer = held.allocate(1 << 20)) {
            taken.add(buffer);
        }
        small.request(20_000, 1);
        small.runMs(30);
        assertThat(small.executions).isZero();
        taken.forEach(held::release);
        small.runMs(30);

        assertThat(small.outcomes).contains("response 1 20000");
        assertThat(small.server.metrics().get(Counter.BUFFER_ALLOC_FAILURES)).isEqualTo(1);
    }

    @Test
    void theOutcomeOfAPrivateRpcIsForItsOwnerAlone() {
        HomaEvent event = new HomaEvent();
        long handle = pair.request(100, 1);
        assertThat(pair.client.makePrivate(handle)).isTrue();
        pair.request(100, 2);
        assertThat(pair.client.pollPrivate(handle, event)).isFalse();
        pair.runMs(5);

        assertThat(pair.outcomes).contains("response 2 100").doesNotContain("response 1 100");
        assertThat(pair.client.pollPrivate(handle, event)).isTrue();
        assertThat(event.kind).isEqualTo(HomaEvent.Kind.RESPONSE);
        assertThat(event.cookie).isEqualTo(1);
        pair.client.release(java.util.Objects.requireNonNull(event.message));
        assertThat(pair.client.pollPrivate(handle, event)).isFalse();
        pair.runMs(5);
        assertNothingLeft();
    }

    private void assertNothingLeft() {
        assertThat(pair.client.clientRpcs()).isZero();
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.server.totalIncoming()).isZero();
        assertThat(pair.server.grantable()).isZero();
        assertThat(pair.clientBuffers.inUse()).isZero();
        assertThat(pair.serverBuffers.inUse()).isZero();
    }
}
