package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On what acknowledgments ride, and how many packets of their own they take. They wait 1 ms at most. */
class AcknowledgmentsTest {
    private static final int OTHER_CLIENT_PORT = Pair.CLIENT_PORT + 1;
    private static final int OTHER_SERVER_PORT = Pair.SERVER_PORT + 1;
    private static final long AN_RPC_NS = 10_000;

    private final Pair pair = new Pair();

    private void callAndWait(int clientPort, int serverPort, long waitNs) {
        pair.request(clientPort, serverPort, 100, pair.outcomes.size());
        pair.run(waitNs);
    }

    private List<Pair.Packet> acks() {
        return pair.sentOf(HomaHeader.ACK, true);
    }

    private long lastRidingId() {
        return HomaHeader.ackId(pair.sentOf(HomaHeader.DATA, true).getLast().memory(), 0);
    }

    private void assertAllForgotten(int calls) {
        pair.runMs(2);
        assertThat(pair.outcomes)
                .filteredOn(outcome -> outcome.startsWith("response"))
                .hasSize(calls);
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.sentOf(HomaHeader.NEED_ACK, false)).isEmpty();
    }

    @Test
    void whatHasNotWaitedLongKeepsToItsPorts() {
        callAndWait(Pair.CLIENT_PORT, Pair.SERVER_PORT, AN_RPC_NS);
        callAndWait(OTHER_CLIENT_PORT, Pair.SERVER_PORT, AN_RPC_NS);

        assertThat(lastRidingId()).isZero();
        assertAllForgotten(2);
    }

    @Test
    void whatHasWaitedRidesBetweenOtherPortsToo() {
        callAndWait(Pair.CLIENT_PORT, Pair.SERVER_PORT, 300_000);
        callAndWait(OTHER_CLIENT_PORT, Pair.SERVER_PORT, AN_RPC_NS);

        Pair.Packet first = pair.sentOf(HomaHeader.DATA, true).getFirst();
        assertThat(lastRidingId()).isEqualTo(HomaHeader.senderId(first.memory(), 0));
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        assertAllForgotten(2);
        assertThat(acks()).hasSize(1);
    }

    @Test
    void noneRidesToAnotherPortOfTheServerWhichMayBeAnotherProcess() {
        pair.server.listen(OTHER_SERVER_PORT);
        callAndWait(Pair.CLIENT_PORT, Pair.SERVER_PORT, 400_000);
        callAndWait(Pair.CLIENT_PORT, OTHER_SERVER_PORT, AN_RPC_NS);

        assertThat(lastRidingId()).isZero();
        assertAllForgotten(2);
        assertThat(acks())
                .hasSize(2)
                .allSatisfy(
                        ack -> assertThat(HomaHeader.ackCount(ack.memory(), 0)).isZero());
    }

    @Test
    void oneAckPacketTellsWhatWaitsBetweenSeveralPorts() {
        for (int i = 0; i < 4; i++) {
            callAndWait(Pair.CLIENT_PORT + i, Pair.SERVER_PORT, AN_RPC_NS);
        }

        assertAllForgotten(4);
        assertThat(acks())
                .singleElement()
                .satisfies(
                        ack -> assertThat(HomaHeader.ackCount(ack.memory(), 0)).isEqualTo(3));
    }

    /** As a client does that uses its ports in turn: between two ports there is a call each 1.6 ms only. */
    @Test
    void steadyCallsNeedNoAckPackets() {
        int calls = 200;
        for (int i = 0; i < calls; i++) {
            callAndWait(Pair.CLIENT_PORT + i % 4, Pair.SERVER_PORT, 400_000);
        }

        assertThat(acks()).isEmpty();
        assertAllForgotten(calls);
    }

    /** Some are taken shortly before lists are looked at. */
    @Test
    void callsThatComeTwiceInThatTimeNeedNone() {
        for (int i = 0; i < 20; i++) {
            callAndWait(Pair.CLIENT_PORT, Pair.SERVER_PORT, 450_000);
        }

        assertThat(acks()).isEmpty();
        assertAllForgotten(20);
    }

    @Test
    void aLoneOneWaitsForTheWholeTime() {
        callAndWait(Pair.CLIENT_PORT, Pair.SERVER_PORT, 900_000);
        callAndWait(Pair.CLIENT_PORT, Pair.SERVER_PORT, AN_RPC_NS);

        assertThat(lastRidingId()).isNotZero();
        assertThat(acks()).isEmpty();
        assertAllForgotten(2);
    }
}
