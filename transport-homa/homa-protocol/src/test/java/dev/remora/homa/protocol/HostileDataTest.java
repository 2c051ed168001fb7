package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DATA that an endpoint must survive: lengths, offsets and promises out of range, and messages that contradict themselves. */
class HostileDataTest extends HostilePacketsRig {
    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_000_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aMessageLengthOutOfRangeBeginsNoRequest(int messageLength) {
        toServer(data(EVEN, messageLength, 100, 0, 0), 0);
        toServer(data(EVEN, messageLength, 100, 0, 100), 100);
        assertServer(Counter.BAD_MESSAGE_LENGTH, 2);
        assertThat(pair.server.serverRpcs()).isZero();
        assertSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_000_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void aResponseWithALengthOutOfRangeFailsTheRpc(int messageLength) {
        long id = outgoing(100);
        toClient(data(id ^ 1, messageLength, 100, 0, 100), 100);
        assertThat(pair.outcomes).containsExactly("failed 2 PROTOCOL_ERROR");
        assertClient(Counter.BAD_MESSAGE_LENGTH, 1);
        assertThat(pair.client.clientRpcs()).isZero();
        assertSilence();
    }

    @Test
    void aLengthOutOfRangeDoesNotFailAResponseThatHasBegun() {
        long id = incoming(10_000);
        toClient(data(id ^ 1, 0, 0, 0, 0), 0);
        assertClient(Counter.BAD_MESSAGE_LENGTH, 1);
        assertThat(pair.outcomes).isEmpty();
        pair.lost = packet -> false;
        pair.runMs(20);
        assertThat(pair.outcomes).contains("response 2 10000");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, LENGTH + 1, Integer.MAX_VALUE})
    void promisedBytesAreClampedToTheMessage(int promised) {
        toServer(data(EVEN, LENGTH, promised, 0, 100), 100);
        assertThat(pair.server.checkInvariants()).isNull();
        assertThat(pair.server.totalIncoming()).isBetween(0L, (long) LENGTH);
        toServer(data(EVEN, LENGTH, promised, 100, LENGTH - 100), LENGTH - 100);
        assertThat(pair.executions).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "5000, 1",
        "5000, 0",
        "4999, 2",
        "3901, 1100",
        "5001, 0",
        "2147483647, 1",
        "2147483647, 1400",
        "-2147483648, 100",
        "-2, 1",
        "-100, 1400"
    })
    void dataBeyondTheMessage(int offset, int bytes) {
        toServer(data(EVEN, LENGTH, LENGTH, offset, bytes), bytes);
        assertServer(Counter.BAD_OFFSET, 1);
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.serverBuffers.inUse()).isZero();
        assertSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {LENGTH, LENGTH + 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void dataWithTheOffsetInTheSequenceBeyondTheMessage(int sequence) {
        MemorySegment packet = data(EVEN, LENGTH, LENGTH, HomaHeader.NO_OFFSET, 100);
        HomaHeader.setSequence(packet, 0, sequence);
        toServer(packet, 100);
        assertServer(Counter.BAD_OFFSET, 1);
        assertThat(pair.server.serverRpcs()).isZero();
        assertSilence();
    }

    @Test
    void dataWithoutBytesBeginAnRpcAndEndItsSilence() {
        pair.lost = packet -> !packet.toServer();
        toServer(data(EVEN, LENGTH, LENGTH, 0, 0), 0);
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        pair.runMs(80);
        toServer(data(EVEN, LENGTH, LENGTH, 0, 0), 0);
        pair.runMs(80);
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        assertServer(Counter.PACKET_DISCARDS, 0);
        pair.runMs(40);
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.executions).isZero();
    }

    @Test
    void anotherMessageLengthThanBefore() {
        toServer(data(EVEN, LENGTH, LENGTH, 0, 1_000), 1_000);
        toServer(data(EVEN, LENGTH + 1, LENGTH, 1_000, 1_400), 1_400);
        toServer(data(EVEN, 1_000, 1_000, 0, 1_000), 1_000);
        assertServer(Counter.BAD_MESSAGE_LENGTH, 2);
        assertThat(pair.executions).isZero();
        toServer(data(EVEN, LENGTH, LENGTH, 1_000, 4_000), 4_000);
        assertThat(pair.executions).isEqualTo(1);
    }

    @Test
    void theFirstByteReceivedWins() {
        inject(filled(data(EVEN, 300, 300, 100, 100), 100, 1), 100);
        inject(filled(data(EVEN, 300, 300, 100, 100), 100, 2), 100);
        inject(filled(data(EVEN, 300, 300, 50, 100), 100, 3), 100);
        inject(filled(data(EVEN, 300, 300, 0, 300), 300, 4), 300);
        assertServer(Counter.PACKET_DISCARDS, 1);

        HomaEvent event = new HomaEvent();
        assertThat(pair.server.pollEvent(event)).isTrue();
        MessageBuffer message = event.message;
        assertThat(message).isNotNull();
        if (message != null) {
            for (int i = 0; i < 300; i++) {
                int salt = i < 50 ? 4 : i < 100 ? 3 : i < 200 ? 1 : 4;
                assertThat(message.memory().get(ValueLayout.JAVA_BYTE, message.offset() + i))
                        .as("byte %d", i)
                        .isEqualTo((byte) salt);
            }
            pair.server.release(message);
        }
        pair.unanswered.add(event.handle);
    }

    @Test
    void ofDataForAnRpcInServiceOnlyTheAcknowledgmentIsUsed() {
        pair.request(100, 2);
        pair.run(100_000);
        long done = HomaHeader.senderId(
                pair.sentOf(HomaHeader.DATA, true).getFirst().memory(), 0);
        pair.answer = false;
        toServer(data(EVEN, 100, 100, 0, 100), 100);
        assertThat(pair.server.serverRpcs()).isEqualTo(2);
        pair.sent.clear();

        MemorySegment copy = data(EVEN, 100, 100, 0, 100);
        HomaHeader.writeData(copy, 0, 100, 100, done, Pair.SERVER_PORT, version, true, 0, 0);
        toServer(copy, 100);
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        assertServer(Counter.RESENT_DISCARDS, 1);
        assertThat(pair.executions).isEqualTo(2);
        assertSilence();
    }

    @Test
    void aRequestToAPortWithoutServer() {
        MemorySegment packet = data(EVEN, LENGTH, LENGTH, 0, 100);
        assertThat(pair.inject(false, packet, HomaHeader.DATA_BYTES + 100)).isEqualTo(Verdict.NO_SUCH_PORT);
        assertClient(Counter.NO_SUCH_PORT, 1);
        assertThat(pair.client.serverRpcs()).isZero();
        assertSilence();
    }

    @Test
    void aResponseToAnRpcThatDoesNotExist() {
        toClient(data(ODD, LENGTH, LENGTH, 0, 100), 100);
        toServer(data(ODD, LENGTH, LENGTH, 0, 100), 100);
        assertClient(Counter.UNKNOWN_RPCS, 1);
        assertServer(Counter.UNKNOWN_RPCS, 1);
        assertThat(pair.client.clientRpcs()).isZero();
        assertSilence();
    }

    @Test
    void bothRolesMayUseTheSameNumber() {
        pair.client.listen(Pair.SERVER_PORT);
        long id = outgoing(100);
        MemorySegment request = data(id, 50, 50, 0, 50);
        assertThat(pair.inject(false, request, HomaHeader.DATA_BYTES + 50)).isEqualTo(Verdict.ACCEPTED);
        HomaEvent event = new HomaEvent();
        assertThat(pair.client.pollEvent(event)).isTrue();
        assertThat(event.kind).isEqualTo(HomaEvent.Kind.REQUEST);
        assertThat(event.rpcId).isEqualTo(id ^ 1);
        MessageBuffer message = event.message;
        if (message != null) {
            pair.client.release(message);
        }
        assertThat(pair.client.abort(event.handle, RpcError.ABORTED, pair.nowNs))
                .isTrue();
        toClient(data(id ^ 1, 70, 70, 0, 70), 70);
        assertThat(pair.outcomes).containsExactly("response 2 70");
    }
}
