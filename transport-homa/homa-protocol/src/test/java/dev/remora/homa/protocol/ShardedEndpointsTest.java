package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acknowledgments, cutoffs, the uplink and incast of several endpoints of one address. */
class ShardedEndpointsTest {
    private static final HomaConfig CONFIG = HomaConfig.standard();
    private static final int CLIENT = 1;

    private final ShardedHosts net = new ShardedHosts(CONFIG, 2, 4, 5);

    // --- acknowledgments ---------------------------------------------------------------------------------------------

    private MemorySegment ack(int clientPort, long id, long... others) {
        MemorySegment packet = MemorySegment.ofArray(new byte[HomaHeader.ACK_BYTES]);
        HomaHeader.writeCommon(packet, 0, clientPort, ShardedHosts.SERVER_PORT, 0, HomaHeader.ACK, 5, id);
        HomaHeader.writeAckCount(packet, 0, others.length);
        for (int i = 0; i < others.length; i++) {
            HomaHeader.writeAckEntry(packet, 0, i, others[i], ShardedHosts.SERVER_PORT);
        }
        return packet;
    }

    /** An RPC whose response the client has and has not acknowledged; its id. */
    private long answered(int shard) {
        long handle = net.request(CLIENT, shard, 100);
        long id = net.hosts.get(CLIENT).shards.get(shard).rpcId(handle);
        net.run(10_000);
        assertThat(net.server().shards.get(shard).serverRpcs()).isEqualTo(1);
        return id;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3})
    void anAcknowledgmentThatCameToAnotherShardIsPassedOn(int wrong) {
        long id = answered(1);
        assertThat(net.inject(CLIENT, wrong, ack(net.clientPort(wrong), id), HomaHeader.ACK_BYTES))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(net.server().shards.get(1).serverRpcs()).isEqualTo(1);
        net.tick();

        assertThat(net.server().shards.get(1).serverRpcs()).isZero();
        assertThat(net.server().count(Counter.ACKS_PASSED_ON)).isEqualTo(3);
        assertThat(net.server().count(Counter.ACKS_UNKNOWN)).isZero();
        assertThat(net.server().shards.get(1).metrics().get(Counter.SERVER_RESPONSES_DONE))
                .isEqualTo(1);
    }

    @Test
    void theListOfAnAckPacketIsPassedOnAsWell() {
        long first = answered(1);
        long second = answered(2);
        net.inject(CLIENT, 0, ack(net.clientPort(0), first, second), HomaHeader.ACK_BYTES);
        net.tick();

        assertThat(net.server().shards.get(1).serverRpcs()).isZero();
        assertThat(net.server().shards.get(2).serverRpcs()).isZero();
    }

    @Test
    void repeatedAcknowledgmentsArePassedOnOnce() {
        long id = answered(1);
        MemorySegment ack = ack(net.clientPort(0), id);
        for (int i = 0; i < 44; i++) {
            net.inject(CLIENT, 0, ack, HomaHeader.ACK_BYTES);
        }
        net.burstEnd();

        assertThat(net.server().count(Counter.ACKS_PASSED_ON)).isEqualTo(3);
        assertThat(net.server().shards.get(1).serverRpcs()).isZero();
    }

    @Test
    void anAcknowledgmentOfAnRpcThatEndedHereIsNotPassedOn() {
        long id = answered(1);
        MemorySegment ack = ack(net.clientPort(1), id);
        net.inject(CLIENT, 1, ack, HomaHeader.ACK_BYTES);
        net.inject(CLIENT, 1, ack, HomaHeader.ACK_BYTES);

        assertThat(net.server().count(Counter.ACKS_PASSED_ON)).isZero();
        assertThat(net.server().count(Counter.ACKS_UNKNOWN)).isEqualTo(1);
    }

    @Test
    void aFloodOfForgedAcknowledgmentsIsPassedOnInPart() {
        for (int i = 0; i < 1_000; i++) {
            net.inject(CLIENT, 0, ack(net.clientPort(0), 0x7000 + 2L * i), HomaHeader.ACK_BYTES);
        }
        assertThat(net.server().count(Counter.ACKS_PASSED_ON)).isEqualTo(32 * 3);
        assertThat(net.server().count(Counter.ACKS_NOT_PASSED_ON)).isEqualTo(1_000 - 32);
        net.burstEnd();
        long id = answered(1);
        net.inject(CLIENT, 0, ack(net.clientPort(0), id), HomaHeader.ACK_BYTES);
        net.tick();
        assertThat(net.server().shards.get(1).serverRpcs()).isZero();
    }

    @Test
    void aLostPassingOnIsRepairedByNeedAck() {
        // Nobody looks into the ring, so that it is full.
        for (int burst = 0; burst < 40; burst++) {
            for (int i = 0; i < 32; i++) {
                net.inject(CLIENT, 0, ack(net.clientPort(0), 0x7000 + 2L * (burst * 32 + i)), HomaHeader.ACK_BYTES);
            }
            net.server().shards.get(0).onBurstEnd(net.nowNs);
        }
        assertThat(net.server().count(Counter.ACKS_NOT_PASSED_ON)).isPositive();
        answered(1);
        net.run(20_000_000);
        assertThat(net.server().shards.get(1).serverRpcs()).isZero();
    }

    @Test
    void acknowledgmentsRideOnlyOnPacketsOfTheirOwnFlow() {
        HomaEndpoint client = net.hosts.get(CLIENT).shards.get(0);
        MemorySegment message = MemorySegment.ofArray(new byte[100]);
        int port = net.clientPort(0);
        client.sendRequest(0, ShardedHosts.address(0), ShardedHosts.SERVER_PORT, port, message, 0, 100, 1, net.nowNs);
        net.run(10_000);
        int before = net.sent.size();
        client.sendRequest(
                0, ShardedHosts.address(0), ShardedHosts.SERVER_PORT, port + 4, message, 0, 100, 2, net.nowNs);
        net.run(10_000);
        client.sendRequest(0, ShardedHosts.address(0), ShardedHosts.SERVER_PORT, port, message, 0, 100, 3, net.nowNs);
        net.run(10_000);

        assertThat(net.sent.stream()
                        .skip(before)
                        .filter(packet -> packet.from() == CLIENT && packet.type() == HomaHeader.DATA)
                        .map(packet -> HomaHeader.ackId(packet.memory(), 0) != 0))
                .as("with another port, with the first one")
                .containsExactly(false, true);
        net.run(5_000_000);
        assertThat(net.server().shards.stream()
                        .mapToInt(HomaEndpoint::serverRpcs)
                        .sum())
                .isZero();
        assertThat(net.sentOf(HomaHeader.NEED_ACK)).isEmpty();
    }

    // --- cutoffs -----------------------------------------------------------------------------------------------------

    @Test
    void cutoffsThatCameToOneShardAreKnownToAll() {
        net.request(CLIENT, 0, 100);
        net.run(10_000);
        assertThat(net.sentOf(HomaHeader.CUTOFFS)).as("both ways").hasSize(2);
        for (int shard = 1; shard < 4; shard++) {
            net.request(CLIENT, shard, 100);
        }
        net.run(10_000);

        assertThat(net.sentOf(HomaHeader.CUTOFFS)).hasSize(2);
        assertThat(net.sentOf(HomaHeader.DATA).stream()
                        .filter(packet -> packet.from() == CLIENT)
                        .map(ShardedHosts.Packet::level))
                .containsExactly(6, 7, 7, 7);
    }

    @Test
    void ourCutoffsAreChosenFromWhatAllShardsReceiveAndAreOneTable() {
        HomaConfig config = CONFIG.with(Tunable.CUTOFF_INTERVAL_NS, 1_000_000).with(Tunable.CUTOFF_MIN_MESSAGES, 100);
        ShardedHosts many = new ShardedHosts(config, 2, 4, 6);
        for (int i = 0; i < 200; i++) {
            many.request(CLIENT, i % 4, 50 + i);
            many.run(50_000);
        }
        many.run(5_000_000);

        // No shard alone had 100 messages between two looks.
        assertThat(many.server().count(Counter.CUTOFFS_CHANGED)).isPositive();
        HomaEndpoint first = many.server().shards.get(0);
        assertThat(first.cutoff(7)).isNotEqualTo(200);
        for (HomaEndpoint shard : many.server().shards) {
            for (int level = 0; level < 8; level++) {
                assertThat(shard.cutoff(level)).isEqualTo(first.cutoff(level));
            }
        }
        assertThat(many.sentOf(HomaHeader.CUTOFFS).stream()
                        .filter(packet -> packet.from() == 0)
                        .mapToInt(packet -> HomaHeader.cutoffsVersion(packet.memory(), 0))
                        .max()
                        .orElse(0))
                .isGreaterThan(1);
    }

    // --- sending -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void allShardsTogetherFillTheUplinkAndNoMore(int shards) {
        HomaConfig config = CONFIG.with(Tunable.LINK_MBPS, 10_000)
                .with(Tunable.SIZES_FOLLOW_LINK, 0)
                .with(Tunable.UNSCHED_BYTES, 1_000_000)
                .with(Tunable.MAX_LINK_USAGE, 100);
        ShardedHosts wide = new ShardedHosts(config, 2, shards, 7);
        for (int i = 0; i < 8; i++) {
            wide.request(CLIENT, i % shards, 1_000_000);
        }
        wide.run(1_000_000);

        long bytes = wide.sent.stream()
                .filter(packet -> packet.from() == CLIENT && packet.type() == HomaHeader.DATA)
                .mapToLong(packet -> packet.bytes().length + 20 + 14 + 24)
                .sum();
        // 10 Gbit/s carry 1.25 MB in a millisecond; the backlog may be 5 us and a frame of each shard.
        assertThat(bytes).isBetween(1_200_000L, 1_250_000L + 6_250 + shards * 1_538L);
    }

    @Test
    void incastIsCountedOverAllShards() {
        HomaConfig config = CONFIG.with(Tunable.INCAST_THRESHOLD, 10);
        ShardedHosts busy = new ShardedHosts(config, 2, 2, 8);
        busy.responseBytes = 100_000;
        for (int i = 0; i < 8; i++) {
            busy.request(CLIENT, 0, 100);
        }
        busy.burstEnd();
        assertThat(busy.hosts.get(CLIENT).count(Counter.INCAST_MARKED)).isZero();
        busy.request(CLIENT, 1, 100);
        busy.request(CLIENT, 1, 100);
        assertThat(busy.hosts.get(CLIENT).count(Counter.INCAST_MARKED)).isZero();
        busy.request(CLIENT, 1, 100);

        assertThat(busy.hosts.get(CLIENT).count(Counter.INCAST_MARKED)).isEqualTo(1);
    }

    // --- the state itself --------------------------------------------------------------------------------------------

    @Test
    void numbersOfShardsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new AddressState(CONFIG, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AddressState(CONFIG, 257, 0)).hasMessageContaining("257 shards");
        AddressState two = new AddressState(CONFIG, 2, 0);
        assertThatThrownBy(() -> new HomaEndpoint(CONFIG, two, 2, SlabMessageBuffers.heap(1 << 20), 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aRunCanBeRepeatedExactly() {
        assertThat(digest(3)).isEqualTo(digest(3)).isNotEqualTo(digest(4));
    }

    private static long digest(long seed) {
        ShardedHosts hosts = new ShardedHosts(CONFIG, 3, 2, seed);
        hosts.responseBytes = 70_000;
        for (int i = 0; i < 30; i++) {
            hosts.request(1 + i % 2, i % 2, 1 + 9_001 * i);
            hosts.run(3_000);
        }
        hosts.run(30_000_000);
        long digest = 0;
        for (ShardedHosts.Packet packet : hosts.sent) {
            digest = digest * 31 + packet.arrivesNs();
            digest = digest * 31 + java.util.Arrays.hashCode(packet.bytes());
        }
        return digest;
    }
}
