package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets of any type that an endpoint must survive: cut short, of no known type, with ports and ids that nobody has, from elsewhere, or too many. */
class HostilePacketTest extends HostilePacketsRig {
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
}
