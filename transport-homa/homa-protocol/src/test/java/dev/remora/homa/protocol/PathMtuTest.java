package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What routers say about the size of packets. */
class PathMtuTest {
    private static final int IPV4_BYTES = 20;
    private static final long SECOND_NS = 1_000_000_000;

    private Pair pair = new Pair();

    /** The path to the server loses larger packets in silence; the routers speak when the test says so. */
    private void narrow(int mtu) {
        pair.lost = packet -> packet.toServer() && packet.bytes().length + IPV4_BYTES > mtu;
    }

    private int longestToServer(int from) {
        List<Pair.Packet> data = pair.sentOf(HomaHeader.DATA, true);
        return data.subList(from, data.size()).stream()
                .mapToInt(packet -> packet.bytes().length + IPV4_BYTES)
                .max()
                .orElse(0);
    }

    private boolean told(int mtu) {
        return pair.client.onPathMtu(0, Pair.SERVER, mtu, pair.nowNs);
    }

    /** Has an RPC under way, since strangers are not believed. */
    private void begin(int length, long cookie) {
        pair.answer = false;
        pair.request(length, cookie);
        pair.run(100_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_400, 1_280, 576})
    void newMessagesAreCutToThePath(int mtu) {
        begin(100, 1);
        assertThat(told(mtu)).isTrue();
        narrow(mtu);
        pair.answer = true;
        int before = pair.sentOf(HomaHeader.DATA, true).size();
        pair.request(300_000, 2);
        pair.runMs(50);
        assertThat(pair.outcomes).contains("response 2 300000");
        assertThat(longestToServer(before)).isEqualTo(mtu);
        assertThat(pair.client.metrics().get(Counter.PATH_MTU_LOWERED)).isOne();
    }

    @ParameterizedTest
    @CsvSource({"0, 576", "1, 576", "575, 576", "577, 577"})
    void isNeverLessThanEveryPathCarries(int said, int used) {
        begin(100, 1);
        assertThat(told(said)).isTrue();
        begin(10_000, 2);
        assertThat(longestToServer(1)).isEqualTo(used);
    }

    @Test
    void ipv6PathsCarry1280() {
        long high = 0xfd00L << 48;
        pair.client.sendRequest(
                high,
                2,
                Pair.SERVER_PORT,
                Pair.CLIENT_PORT,
                MemorySegment.ofArray(Pair.content(9_000, 1)),
                0,
                9_000,
                1,
                pair.nowNs);
        assertThat(pair.client.onPathMtu(high, 2, 900, pair.nowNs)).isTrue();
        TransmitUnit unit = new TransmitUnit();
        assertThat(pair.client.pollTransmit(unit, pair.nowNs)).isTrue();
        assertThat(unit.segmentBytes).isEqualTo(1_280 - 40 - 56);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_500, 1_501, 65_535, -1})
    void whatIsNotLessIsIgnored(int said) {
        begin(100, 1);
        assertThat(told(said)).isFalse();
        begin(10_000, 2);
        assertThat(longestToServer(0)).isEqualTo(1_500);
        assertThat(pair.client.metrics().get(Counter.PATH_MTU_IGNORED)).isOne();
    }

    @Test
    void onlyPeersWithRpcsAreBelieved() {
        assertThat(told(576)).as("a stranger").isFalse();
        pair.request(100, 1);
        pair.runMs(20);
        assertThat(pair.client.clientRpcs()).isZero();
        assertThat(told(576)).as("a peer of old").isFalse();
        assertThat(pair.client.onPathMtu(0, Pair.SERVER + 1, 576, pair.nowNs)).isFalse();
        pair.request(10_000, 2);
        pair.runMs(20);
        assertThat(longestToServer(0)).isEqualTo(1_500);
    }

    @Test
    void otherPeersAreNotMeant() {
        begin(100, 1);
        long other = Pair.SERVER + 5;
        assertThat(told(576)).isTrue();
        pair.client.sendRequest(
                0,
                other,
                Pair.SERVER_PORT,
                Pair.CLIENT_PORT,
                MemorySegment.ofArray(Pair.content(9_000, 1)),
                0,
                9_000,
                1,
                pair.nowNs);
        TransmitUnit unit = new TransmitUnit();
        assertThat(pair.client.pollTransmit(unit, pair.nowNs)).isTrue();
        assertThat(unit.segmentBytes).isEqualTo(1_500 - 20 - 56);
    }

    @Test
    void isForgottenAfterTenMinutes() {
        begin(100, 1);
        assertThat(told(1_000)).isTrue();
        HomaEndpoint client = pair.client;
        long end = pair.nowNs + 600 * SECOND_NS;
        assertThat(firstSegment(client, end - 1, 2)).isEqualTo(1_000 - 76);
        assertThat(firstSegment(client, end, 3)).isEqualTo(1_500 - 76);
    }

    private static int firstSegment(HomaEndpoint client, long nowNs, long cookie) {
        byte[] bytes = Pair.content(9_000, cookie);
        client.sendRequest(
                0,
                Pair.SERVER,
                Pair.SERVER_PORT,
                Pair.CLIENT_PORT,
                MemorySegment.ofArray(bytes),
                0,
                bytes.length,
                cookie,
                nowNs);
        TransmitUnit unit = new TransmitUnit();
        int last = 0;
        while (client.pollTransmit(unit, nowNs)) {
            if (unit.type == HomaHeader.DATA && unit.messageOffset == 0 && unit.payloadLength > 100) {
                last = unit.segmentBytes;
            }
        }
        return last;
    }

    /** Also with units of many packets: every piece must lie within one packet of old. */
    @ParameterizedTest
    @CsvSource({"0, 1400", "0, 576", "65535, 1400", "65535, 900"})
    void messageUnderWayKeepsItsBoundariesAndGetsThrough(int maxGsoSize, int mtu) {
        pair = new Pair(pair.config.with(Tunable.MAX_GSO_SIZE, maxGsoSize));
        narrow(mtu);
        pair.request(200_000, 1);
        pair.run(300_000);
        assertThat(pair.outcomes).isEmpty();
        TreeSet<Integer> boundaries = new TreeSet<>();
        int before = pair.sentOf(HomaHeader.DATA, true).size();
        pair.sentOf(HomaHeader.DATA, true).forEach(packet -> boundaries.add(packet.offset()));
        int cutBefore = boundaries.last();
        assertThat(told(mtu)).isTrue();
        pair.runMs(60);
        assertThat(pair.outcomes).contains("response 1 200000");
        List<Pair.Packet> data = pair.sentOf(HomaHeader.DATA, true);
        for (Pair.Packet packet : data.subList(before, data.size())) {
            int start = packet.offset();
            int end = start + packet.bytes().length - HomaHeader.DATA_BYTES;
            Integer next = boundaries.higher(start);
            assertThat(start >= cutBefore || (next != null && end <= next))
                    .as("bytes %d to %d lie within one packet of %s", start, end, boundaries)
                    .isTrue();
        }
        assertThat(longestToServer(before)).isLessThanOrEqualTo(mtu);
        assertThat(pair.executions).isOne();
    }

    @Test
    void outerHeadersTakeTheirPart() {
        pair = new Pair(pair.config.with(Tunable.OUTER_BYTES, 8));
        begin(10_000, 1);
        assertThat(longestToServer(0)).isEqualTo(1_500 - 8);
        told(1_000);
        begin(10_000, 2);
        assertThat(pair.sentOf(HomaHeader.DATA, true).stream()
                        .filter(packet -> packet.offset() == 0)
                        .mapToInt(packet -> packet.bytes().length + IPV4_BYTES))
                .contains(1_492, 992);
    }
}
