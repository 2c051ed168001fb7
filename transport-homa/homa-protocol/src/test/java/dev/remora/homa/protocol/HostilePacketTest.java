package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packets an endpoint must survive: what is wrong with them is counted, nobody is answered who should not be, nothing is
 * kept, and both sides work as before (checked after every test). What concerns the headers around a Homa packet (IP lengths,
 * padding, fragments, options, checksums, marks of packets that travel as TCP, source addresses) is the parser's:
 * {@code IpParserTest}; ICMP is {@code UnreachablePacketTest}'s.
 */
class HostilePacketTest {
    private static final long STRANGER = 0xffff_0a00_0063L;
    /** Ids no RPC of the pair has. */
    private static final long EVEN = 0x5550;

    private static final long ODD = EVEN + 1;
    private static final int LENGTH = 5_000;

    private Pair pair = new Pair();
    private int version;

    @BeforeEach
    void theSidesKnowEachOther() {
        pair.request(100, 1);
        pair.runMs(5);
        version = HomaHeader.cutoffsVersion(
                pair.sentOf(HomaHeader.CUTOFFS, false).getFirst().memory(), 0);
        forgetHistory();
    }

    @AfterEach
    void bothSidesStillWorkAndKeepNothing() {
        pair.lost = packet -> false;
        pair.answer = true;
        pair.unanswered.forEach(handle -> pair.respond(handle, 10));
        pair.unanswered.clear();
        pair.request(30_000, 999);
        pair.runMs(400);
        assertThat(pair.outcomes).contains("response 999 " + (pair.responseBytes < 0 ? 30_000 : pair.responseBytes));
        assertThat(pair.client.clientRpcs()).isZero();
        assertThat(pair.client.serverRpcs()).isZero();
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.server.totalIncoming()).isZero();
        assertThat(pair.client.totalIncoming()).isZero();
        assertThat(pair.clientBuffers.inUse()).isZero();
        assertThat(pair.serverBuffers.inUse()).isZero();
    }

    @Test
    void shorterThanTheCommonHeader() {
        MemorySegment packet = control(HomaHeader.BUSY, EVEN);
        for (int length = 0; length < HomaHeader.COMMON_BYTES; length++) {
            assertThat(pair.inject(true, packet, length)).isEqualTo(Verdict.DROPPED);
        }
        assertServer(Counter.SHORT_PACKETS, HomaHeader.COMMON_BYTES);
        assertSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {HomaHeader.DATA, HomaHeader.GRANT, HomaHeader.RESEND, HomaHeader.CUTOFFS, HomaHeader.ACK})
    void shorterThanTheHeaderOfItsType(int type) {
        MemorySegment packet = control(type, EVEN);
        assertThat(pair.inject(true, packet, HomaHeader.minimumBytes(type) - 1)).isEqualTo(Verdict.DROPPED);
        assertThat(pair.inject(false, packet, HomaHeader.COMMON_BYTES)).isEqualTo(Verdict.DROPPED);
        assertServer(Counter.SHORT_PACKETS, 1);
        assertClient(Counter.SHORT_PACKETS, 1);
        assertSilence();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 0x0f, 0x19, 0x7f, 0x80, 0xff})
    void aTypeThatDoesNotExist(int type) {
        assertThat(pair.inject(true, control(type, EVEN), 200)).isEqualTo(Verdict.DROPPED);
        assertServer(Counter.UNKNOWN_PACKET_TYPES, 1);
        assertSilence();
    }

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

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void idsZeroAndOne(long id) {
        List<Integer> types = types();
        for (int type : types) {
            assertThat(pair.inject(true, control(type, id), 200)).isEqualTo(Verdict.DROPPED);
            assertThat(pair.inject(false, control(type, id), 200)).isEqualTo(Verdict.DROPPED);
        }
        assertServer(Counter.BAD_ID, types.size());
        assertClient(Counter.BAD_ID, types.size());
        assertSilence();
    }

    @Test
    void portZero() {
        for (int type : types()) {
            MemorySegment packet = control(type, EVEN);
            HomaHeader.writeCommon(packet, 0, 0, Pair.SERVER_PORT, 0, type, 5, EVEN);
            assertThat(pair.inject(true, packet, 200)).isEqualTo(Verdict.DROPPED);
            HomaHeader.writeCommon(packet, 0, Pair.CLIENT_PORT, 0, 0, type, 5, EVEN);
            assertThat(pair.inject(true, packet, 200)).isEqualTo(Verdict.DROPPED);
        }
        assertServer(Counter.BAD_PORT, 2 * types().size());
        assertSilence();
    }

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
    void needAckFromAClient() {
        toServer(control(HomaHeader.NEED_ACK, EVEN), 0);
        assertServer(Counter.BAD_STATE, 1);
        assertSilence();
    }

    @Test
    void freezeIsOnlyCounted() {
        MemorySegment packet = control(HomaHeader.FREEZE, 0);
        HomaHeader.writeCommon(packet, 0, 0, 0, 0, HomaHeader.FREEZE, 5, 0);
        toServer(packet, 0);
        toServer(control(HomaHeader.FREEZE, EVEN), 0);
        assertServer(Counter.PACKETS_RCVD_FREEZE, 2);
        assertSilence();
    }

    @Test
    void nativePacketsNeedNoMarksOfTcp() {
        MemorySegment packet = data(EVEN, 100, 100, 0, 100);
        for (int at = 8; at < 20; at++) {
            if (at != 11) {
                packet.set(ValueLayout.JAVA_BYTE, at, (byte) 0xa5);
            }
        }
        toServer(packet, 100);
        assertThat(pair.executions).isEqualTo(1);
    }

    @Test
    void packetsForAClientRpcFromElsewhere() {
        long id = outgoing(100);
        int peers = pair.client.peers();
        for (int type : types()) {
            MemorySegment packet = data(id ^ 1, 50, 50, 0, 50);
            HomaHeader.writeCommon(packet, 0, Pair.SERVER_PORT, Pair.CLIENT_PORT, 0, type, 5, id ^ 1);
            assertThat(pair.client.onPacket(0, STRANGER, packet, 0, 106, pair.nowNs))
                    .isEqualTo(Verdict.DROPPED);
            HomaHeader.writeCommon(packet, 0, Pair.SERVER_PORT + 1, Pair.CLIENT_PORT, 0, type, 5, id ^ 1);
            assertThat(pair.inject(false, packet, 106)).isEqualTo(Verdict.DROPPED);
        }
        pair.drain();
        assertClient(Counter.WRONG_PEER, 2 * types().size());
        assertThat(pair.client.peers()).isEqualTo(peers);
        assertThat(pair.outcomes).isEmpty();
        assertSilence();
    }

    @Test
    void aServerWithSeveralAddressesMayBeAllowed() {
        pair = new Pair(pair.config.with(Tunable.CHECK_PEER_ADDRESS, 0));
        theSidesKnowEachOther();
        long id = outgoing(100);
        MemorySegment packet = data(id ^ 1, 50, 50, 0, 50);
        HomaHeader.writeCommon(packet, 0, Pair.SERVER_PORT, Pair.CLIENT_PORT, 0, HomaHeader.DATA, 14, id ^ 1);
        assertThat(pair.client.onPacket(0, STRANGER, packet, 0, 106, pair.nowNs))
                .isEqualTo(Verdict.ACCEPTED);
        pair.drain();
        assertThat(pair.outcomes).containsExactly("response 2 50");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 100, 1_000_000})
    void aFloodOfRequestsThatNeverEndIsBounded(int promised) {
        pair = new Pair(pair.config.with(Tunable.MAX_SERVER_RPCS_PER_PEER, 64));
        theSidesKnowEachOther();
        for (int i = 0; i < 10_000; i++) {
            MemorySegment packet = data(EVEN + 2L * i, 200_000, promised, 0, 100);
            pair.server.onPacket(0, STRANGER, packet, 0, HomaHeader.DATA_BYTES + 100, pair.nowNs);
        }
        pair.server.onBurstEnd(pair.nowNs);
        assertThat(pair.server.serverRpcs()).isEqualTo(64);
        assertThat(pair.serverBuffers.inUse()).isLessThanOrEqualTo(64);
        assertServer(Counter.SERVER_CANT_CREATE_RPCS, 10_000 - 64);
        pair.lost = packet -> !packet.toServer() && packet.type() == HomaHeader.RESEND;
        pair.request(30_000, 2);
        // The flood may hold all grants until its RPCs have been given up, eight in each 100 ms.
        pair.runMs(1_500);
        assertThat(pair.outcomes).contains("response 2 30000");
        pair.runMs(2_000);
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.serverBuffers.inUse()).isZero();
        assertThat(pair.server.totalIncoming()).isZero();
    }

    // --- helpers
    // -------------------------------------------------------------------------------------------------------

    /** A client RPC, cookie 2, whose request has left and got lost; nothing more gets through to the server. */
    private long outgoing(int length) {
        pair.lost = Pair.Packet::toServer;
        long id = pair.client.rpcId(pair.request(length, 2));
        pair.run(100_000);
        forgetHistory();
        return id;
    }

    /** A client RPC, cookie 2, of whose response only the first packet has come. */
    private long incoming(int responseLength) {
        pair.lost = packet -> !packet.toServer() && packet.type() == HomaHeader.DATA && packet.offset() > 0;
        pair.responseBytes = responseLength;
        long id = pair.client.rpcId(pair.request(100, 2));
        pair.run(100_000);
        int executions = pair.executions;
        forgetHistory();
        pair.executions = executions;
        return id;
    }

    private void forgetHistory() {
        pair.sent.clear();
        pair.outcomes.clear();
        pair.executions = 0;
    }

    private static List<Integer> types() {
        return List.of(
                HomaHeader.DATA,
                HomaHeader.GRANT,
                HomaHeader.RESEND,
                HomaHeader.RPC_UNKNOWN,
                HomaHeader.BUSY,
                HomaHeader.CUTOFFS,
                HomaHeader.NEED_ACK,
                HomaHeader.ACK);
    }

    /** A packet of a type with nothing but its common header filled. Even ids go to the server, odd ones to the client. */
    private static MemorySegment control(int type, long senderId) {
        MemorySegment packet = MemorySegment.ofArray(new byte[2_000]);
        boolean toServer = (senderId & 1) == 0;
        HomaHeader.writeCommon(
                packet,
                0,
                toServer ? Pair.CLIENT_PORT : Pair.SERVER_PORT,
                toServer ? Pair.SERVER_PORT : Pair.CLIENT_PORT,
                0,
                type,
                5,
                senderId);
        return packet;
    }

    private MemorySegment data(long senderId, int messageLength, int promised, int offset, int bytes) {
        MemorySegment header = control(HomaHeader.DATA, senderId);
        MemorySegment packet = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES + bytes]);
        MemorySegment.copy(header, 0, packet, 0, HomaHeader.COMMON_BYTES);
        HomaHeader.writeData(packet, 0, messageLength, promised, 0, 0, version, false, 0, offset);
        return packet;
    }

    private static MemorySegment filled(MemorySegment packet, int bytes, int value) {
        packet.asSlice(HomaHeader.DATA_BYTES, bytes).fill((byte) value);
        return packet;
    }

    private static MemorySegment grant(long senderId, int offset, int priority) {
        MemorySegment packet = control(HomaHeader.GRANT, senderId);
        HomaHeader.writeGrant(packet, 0, offset, priority);
        return packet;
    }

    private static MemorySegment resend(long senderId, int offset, int length, int priority) {
        MemorySegment packet = control(HomaHeader.RESEND, senderId);
        HomaHeader.writeResend(packet, 0, offset, length, priority);
        return packet;
    }

    private void inject(MemorySegment packet, int bytes) {
        assertThat(pair.inject(true, packet, HomaHeader.DATA_BYTES + bytes)).isEqualTo(Verdict.ACCEPTED);
        assertThat(pair.server.checkInvariants()).isNull();
    }

    private void toServer(MemorySegment packet, int bytes) {
        give(true, packet, bytes);
    }

    private void toClient(MemorySegment packet, int bytes) {
        give(false, packet, bytes);
    }

    private void give(boolean toServer, MemorySegment packet, int bytes) {
        int length = HomaHeader.minimumBytes(HomaHeader.type(packet, 0)) + bytes;
        assertThat(pair.inject(toServer, packet, length)).isEqualTo(Verdict.ACCEPTED);
        pair.drain();
    }

    private void assertServer(Counter counter, long value) {
        assertThat(pair.server.metrics().get(counter)).as(counter.key()).isEqualTo(value);
    }

    private void assertClient(Counter counter, long value) {
        assertThat(pair.client.metrics().get(counter)).as(counter.key()).isEqualTo(value);
    }

    private void assertSilence() {
        assertThat(pair.sent).isEmpty();
    }
}
