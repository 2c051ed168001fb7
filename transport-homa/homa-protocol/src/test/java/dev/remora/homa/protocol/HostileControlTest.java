package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GRANT, RESEND, RPC_UNKNOWN, BUSY, CUTOFFS, ACK and NEED_ACK that an endpoint must survive. */
class HostileControlTest extends HostilePacketsRig {
    @ParameterizedTest
    @ValueSource(ints = {300_001, Integer.MAX_VALUE})
    void aGrantBeyondTheMessageIsClamped(int offset) {
        long id = outgoing(300_000);
        toClient(grant(id ^ 1, offset, 3), 0);
        pair.run(500_000);
        assertClient(Counter.BAD_RANGE, 1);
        assertThat(pair.sentOf(HomaHeader.DATA, true)).isNotEmpty();
        assertThat(pair.sent.getLast().offset() + pair.sent.getLast().bytes().length - HomaHeader.DATA_BYTES)
                .isEqualTo(300_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, 1, 10_000})
    void aGrantOfWhatIsGrantedOrOfNothingIsIgnored(int offset) {
        long id = outgoing(300_000);
        toClient(grant(id ^ 1, offset, 3), 0);
        pair.run(500_000);
        assertClient(Counter.BAD_RANGE, offset <= 0 ? 1 : 0);
        assertSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 100, 255})
    void priorityAboveTheHighestIsClamped(int priority) {
        pair = new Pair(pair.config.with(Tunable.NUM_PRIORITIES, 4));
        theSidesKnowEachOther();
        long id = outgoing(300_000);
        toClient(grant(id ^ 1, 100_000, priority), 0);
        pair.run(500_000);
        assertThat(pair.sentOf(HomaHeader.DATA, true)).isNotEmpty().allMatch(packet -> packet.level() == 3);
        forgetHistory();
        toClient(resend(id ^ 1, 0, 2_000, priority), 0);
        pair.run(500_000);
        assertThat(pair.sentOf(HomaHeader.DATA, true)).isNotEmpty().allMatch(packet -> packet.level() == 3);
        assertClient(Counter.BAD_PRIORITY, 2);
    }

    @Test
    void aGrantForNothingThatIsBeingSent() {
        pair.answer = false;
        toServer(data(EVEN, 100, 100, 0, 100), 100);
        toServer(grant(EVEN, 100, 0), 0);
        assertServer(Counter.BAD_STATE, 1);
        toServer(grant(EVEN + 2, 100, 0), 0);
        toClient(grant(ODD, 100, 0), 0);
        assertServer(Counter.UNKNOWN_RPCS, 1);
        assertClient(Counter.UNKNOWN_RPCS, 1);
        assertSilence();
    }

    @ParameterizedTest
    @CsvSource({
        "100001, 1",
        "2147483647, 2147483647",
        "-1, 10",
        "-2147483648, -1",
        "0, -2",
        "0, -2147483648",
        "100000, 0",
        "1, 0",
        "0, 0",
        "2147483647, 0",
        "100000, 1"
    })
    void aResendOfANonsensicalRangeBringsBusyAtMost(int offset, int length) {
        long id = outgoing(100_000);
        toClient(resend(id ^ 1, offset, length, 7), 0);
        pair.run(500_000);
        assertThat(pair.sent.size()).isLessThanOrEqualTo(1);
        assertThat(pair.sent).allMatch(packet -> packet.type() == HomaHeader.BUSY);
    }

    @ParameterizedTest
    @CsvSource({"0, 2147483647", "50000, 2147483647", "99999, 2147483647", "0, -1"})
    void aResendWhoseEndOverflowsIsClamped(int offset, int length) {
        long id = outgoing(100_000);
        toClient(resend(id ^ 1, offset, length, 7), 0);
        pair.run(1_000_000);
        assertThat(pair.sentOf(HomaHeader.DATA, true))
                .isNotEmpty()
                .allSatisfy(packet -> assertThat(packet.offset() + packet.bytes().length - HomaHeader.DATA_BYTES)
                        .isLessThanOrEqualTo(100_000));
    }

    @Test
    void aStormOfResendsBringsEachPacketOnceInAMillisecond() {
        long id = outgoing(10_000);
        int packets = (10_000 + 1_423) / 1_424;
        for (int i = 0; i < 1_000; i++) {
            toClient(resend(id ^ 1, 0, -1, 7), 0);
            pair.run(500);
        }
        assertThat(pair.sentOf(HomaHeader.DATA, true)).hasSize(packets);
    }

    @Test
    void rpcUnknownForAResponseThatHasBegun() {
        long id = incoming(10_000);
        toClient(control(HomaHeader.RPC_UNKNOWN, id ^ 1), 0);
        assertClient(Counter.BAD_STATE, 1);
        assertSilence();
        pair.lost = packet -> false;
        pair.runMs(20);
        assertThat(pair.outcomes).contains("response 2 10000");
        assertThat(pair.executions).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {HomaHeader.BUSY, HomaHeader.RPC_UNKNOWN})
    void busyAndUnknownForAnRpcThatDoesNotExist(int type) {
        toServer(control(type, EVEN), 0);
        toClient(control(type, ODD), 0);
        assertServer(Counter.UNKNOWN_RPCS, 1);
        assertClient(Counter.UNKNOWN_RPCS, 1);
        assertSilence();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 0, 0, 0, 0, 0, 0",
        "-1, -1, -1, -1, -1, -1, -1, -2147483648, 0",
        "2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 7",
        "7, 1, 900, 3, 10, 0, 0, -7, 2"
    })
    void strangeCutoffsGiveALevelAllTheSame(int c0, int c1, int c2, int c3, int c4, int c5, int c6, int c7, int level) {
        long id = outgoing(100);
        MemorySegment packet = control(HomaHeader.CUTOFFS, id ^ 1);
        HomaHeader.writeCutoffs(packet, 0, new int[] {c0, c1, c2, c3, c4, c5, c6, c7}, version);
        toClient(packet, 0);
        assertSilence();
        pair.request(200, 3);
        pair.run(100_000);
        assertThat(pair.sentOf(HomaHeader.DATA, true))
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.level()).isEqualTo(level));
    }

    @Test
    void cutoffsOfAStrangerMakeNoPeer() {
        int peers = pair.server.peers();
        MemorySegment packet = control(HomaHeader.CUTOFFS, EVEN);
        assertThat(pair.server.onPacket(0, STRANGER, packet, 0, 62, pair.nowNs)).isEqualTo(Verdict.ACCEPTED);
        HomaHeader.writeCommon(packet, 0, 5, 6, 0, HomaHeader.CUTOFFS, 5, ODD);
        assertThat(pair.server.onPacket(0, STRANGER, packet, 0, 62, pair.nowNs)).isEqualTo(Verdict.ACCEPTED);
        assertServer(Counter.STRANGER_CUTOFFS, 2);
        assertThat(pair.server.peers()).isEqualTo(peers);
        pair.drain();
        assertSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 255, 32_768, 65_535})
    void moreAcknowledgmentsThanThePacketHolds(int count) {
        MemorySegment packet = control(HomaHeader.ACK, EVEN);
        HomaHeader.writeAckCount(packet, 0, count);
        for (int i = 0; i < HomaHeader.MAX_ACKS; i++) {
            HomaHeader.writeAckEntry(packet, 0, i, EVEN + 2 + 2 * i, Pair.SERVER_PORT);
        }
        assertThat(pair.inject(true, packet, HomaHeader.ACK_BYTES)).isEqualTo(Verdict.ACCEPTED);
        pair.drain();
        assertServer(Counter.BAD_ACK_COUNT, 1);
        assertServer(Counter.ACKS_UNKNOWN, 1 + HomaHeader.MAX_ACKS);
        assertSilence();
    }

    @Test
    void anAcknowledgmentOfAClientRpc() {
        long id = incoming(10_000);
        toClient(control(HomaHeader.ACK, id ^ 1), 0);
        assertClient(Counter.BAD_STATE, 1);
        assertThat(pair.client.clientRpcs()).isEqualTo(1);
        assertSilence();
    }

    @Test
    void anAcknowledgmentOfAnUnfinishedServerRpc() {
        pair.answer = false;
        toServer(data(EVEN, 100, 100, 0, 100), 100);
        toServer(data(EVEN + 2, LENGTH, LENGTH, 0, 100), 100);
        toServer(control(HomaHeader.ACK, EVEN), 0);
        toServer(control(HomaHeader.ACK, EVEN + 2), 0);
        MemorySegment riding = data(EVEN + 4, 100, 100, 0, 100);
        HomaHeader.writeData(riding, 0, 100, 100, EVEN, Pair.SERVER_PORT, version, false, 0, 0);
        toServer(riding, 100);
        assertServer(Counter.ACKS_EARLY, 3);
        assertThat(pair.server.serverRpcs()).isEqualTo(3);
        assertSilence();
    }

    @Test
    void acknowledgmentsWithOddIdOrOfAnotherPort() {
        pair.request(100, 2);
        pair.run(100_000);
        long done = HomaHeader.senderId(
                pair.sentOf(HomaHeader.DATA, true).getFirst().memory(), 0);
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        forgetHistory();
        MemorySegment packet = control(HomaHeader.ACK, EVEN);
        HomaHeader.writeAckCount(packet, 0, 3);
        HomaHeader.writeAckEntry(packet, 0, 0, done ^ 1, Pair.SERVER_PORT);
        HomaHeader.writeAckEntry(packet, 0, 1, done, Pair.SERVER_PORT + 1);
        HomaHeader.writeAckEntry(packet, 0, 2, done, 0);
        toServer(packet, 0);
        assertServer(Counter.ACKS_UNKNOWN, 4);
        assertThat(pair.server.serverRpcs()).isEqualTo(1);
        assertSilence();
    }

    @Test
    void needAckForAResponseThatHasNotBegun() {
        long id = outgoing(100);
        toClient(control(HomaHeader.NEED_ACK, id ^ 1), 0);
        assertThat(pair.sent).hasSize(1);
        MemorySegment answer = pair.sent.getFirst().memory();
        assertThat(HomaHeader.type(answer, 0)).isEqualTo(HomaHeader.RESEND);
        assertThat(HomaHeader.resendOffset(answer, 0)).isZero();
        assertThat(HomaHeader.resendLength(answer, 0)).isEqualTo(HomaHeader.EVERYTHING);
    }

    @Test
    void aForgedBeginningOfAResponseWhileTheServerIsOwedData() {
        pair.lost = packet -> packet.type() == HomaHeader.GRANT;
        long id = pair.client.rpcId(pair.request(60_000, 2));
        pair.run(100_000);
        toClient(data(id ^ 1, 9_000, 2_000, 0, 0), 0);
        pair.lost = packet -> false;
        pair.runMs(1_000);
        assertThat(pair.executions).isEqualTo(1);
        assertThat(pair.client.clientRpcs()).isZero();
    }

    @Test
    void needAckFromAClient() {
        toServer(control(HomaHeader.NEED_ACK, EVEN), 0);
        assertServer(Counter.BAD_STATE, 1);
        assertSilence();
    }
}
