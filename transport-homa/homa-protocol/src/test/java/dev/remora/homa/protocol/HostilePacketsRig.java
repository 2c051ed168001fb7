package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Packets an endpoint must survive: what is wrong with them is counted, nobody is answered who should not be, nothing is
 * kept, and both sides work as before (checked after every test). What concerns the headers around a Homa packet (IP lengths,
 * padding, fragments, options, checksums, marks of packets that travel as TCP, source addresses) is the parser's:
 * {@code IpParserTest}; ICMP is {@code UnreachablePacketTest}'s.
 */
abstract class HostilePacketsRig {
    static final long STRANGER = 0xffff_0a00_0063L;
    /** Ids no RPC of the pair has. */
    static final long EVEN = 0x5550;

    static final long ODD = EVEN + 1;
    static final int LENGTH = 5_000;

    Pair pair = new Pair();
    int version;

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

    /** A client RPC, cookie 2, whose request has left and got lost; nothing more gets through to the server. */
    long outgoing(int length) {
        pair.lost = Pair.Packet::toServer;
        long id = pair.client.rpcId(pair.request(length, 2));
        pair.run(100_000);
        forgetHistory();
        return id;
    }

    /** A client RPC, cookie 2, of whose response only the first packet has come. */
    long incoming(int responseLength) {
        pair.lost = packet -> !packet.toServer() && packet.type() == HomaHeader.DATA && packet.offset() > 0;
        pair.responseBytes = responseLength;
        long id = pair.client.rpcId(pair.request(100, 2));
        pair.run(100_000);
        int executions = pair.executions;
        forgetHistory();
        pair.executions = executions;
        return id;
    }

    void forgetHistory() {
        pair.sent.clear();
        pair.outcomes.clear();
        pair.executions = 0;
    }

    static List<Integer> types() {
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
    static MemorySegment control(int type, long senderId) {
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

    MemorySegment data(long senderId, int messageLength, int promised, int offset, int bytes) {
        MemorySegment header = control(HomaHeader.DATA, senderId);
        MemorySegment packet = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES + bytes]);
        MemorySegment.copy(header, 0, packet, 0, HomaHeader.COMMON_BYTES);
        HomaHeader.writeData(packet, 0, messageLength, promised, 0, 0, version, false, 0, offset);
        return packet;
    }

    static MemorySegment filled(MemorySegment packet, int bytes, int value) {
        packet.asSlice(HomaHeader.DATA_BYTES, bytes).fill((byte) value);
        return packet;
    }

    static MemorySegment grant(long senderId, int offset, int priority) {
        MemorySegment packet = control(HomaHeader.GRANT, senderId);
        HomaHeader.writeGrant(packet, 0, offset, priority);
        return packet;
    }

    static MemorySegment resend(long senderId, int offset, int length, int priority) {
        MemorySegment packet = control(HomaHeader.RESEND, senderId);
        HomaHeader.writeResend(packet, 0, offset, length, priority);
        return packet;
    }

    void inject(MemorySegment packet, int bytes) {
        assertThat(pair.inject(true, packet, HomaHeader.DATA_BYTES + bytes)).isEqualTo(Verdict.ACCEPTED);
        assertThat(pair.server.checkInvariants()).isNull();
    }

    void toServer(MemorySegment packet, int bytes) {
        give(true, packet, bytes);
    }

    void toClient(MemorySegment packet, int bytes) {
        give(false, packet, bytes);
    }

    void give(boolean toServer, MemorySegment packet, int bytes) {
        int length = HomaHeader.minimumBytes(HomaHeader.type(packet, 0)) + bytes;
        assertThat(pair.inject(toServer, packet, length)).isEqualTo(Verdict.ACCEPTED);
        pair.drain();
    }

    void assertServer(Counter counter, long value) {
        assertThat(pair.server.metrics().get(counter)).as(counter.key()).isEqualTo(value);
    }

    void assertClient(Counter counter, long value) {
        assertThat(pair.client.metrics().get(counter)).as(counter.key()).isEqualTo(value);
    }

    void assertSilence() {
        assertThat(pair.sent).isEmpty();
    }
}
