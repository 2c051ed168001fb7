package dev.remora.homa.protocol.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetransmissionsTest {
    private static final long MS = Retransmissions.INTERVAL_NS;

    private final OutgoingMessage message = new OutgoingMessage();
    private Retransmissions resends = message.retransmissions();

    /** 100 packets of 100 bytes, but the unscheduled limit cuts packet 4 after 50 bytes. */
    @BeforeEach
    void sentMessage() {
        message.reset(null, 0, 10_000, 450, 5, 100, 0);
        message.onGrant(10_000, 1, 8);
        message.onSent(10_000);
        resends = message.retransmissions();
    }

    private List<String> drain(long nowNs) {
        List<String> packets = new ArrayList<>();
        while (resends.poll(nowNs)) {
            packets.add(resends.start() + "-" + resends.end() + "@" + resends.level());
        }
        return packets;
    }

    @Test
    void onlyWhatWasAskedForIsSentInWholePacketsWithTheFirstBoundaries() {
        assertThat(resends.onResend(399, 452, 6, 0)).isTrue();
        assertThat(resends.pending()).isTrue();
        assertThat(drain(0)).containsExactly("300-400@6", "400-450@6", "450-550@6");
        assertThat(resends.pending()).isFalse();
    }

    @Test
    void nothingIsPendingAtFirst() {
        assertThat(resends.pending()).isFalse();
        assertThat(resends.poll(0)).isFalse();
    }

    @Test
    void bytesNeverSentAreLeftToTheirFirstTransmission() {
        message.reset(null, 0, 10_000, 450, 5, 100, 0);
        message.onSent(200);
        resends.onResend(100, 400, 6, 0);
        assertThat(drain(0)).containsExactly("100-200@6");
        resends.onResend(200, 400, 6, 0);
        assertThat(resends.pending()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "-1, -1",
        "0, 0",
        "0, -1",
        "500, 400",
        "10000, 10001",
        "2147483647, -2147483648",
        "2147483646, 2147483647",
        "-2147483648, 0",
    })
    void emptyAndImpossibleRangesAskForNothing(int from, int to) {
        assertThat(resends.onResend(from, to, 6, 0)).isTrue();
        assertThat(resends.pending()).isFalse();
    }

    @Test
    void rangesBeyondTheMessageAreCut() {
        resends.onResend(Integer.MIN_VALUE, 1, 6, 0);
        resends.onResend(9_949, Integer.MAX_VALUE, 6, 0);
        assertThat(drain(0)).containsExactly("0-100@6", "9850-9950@6", "9950-10000@6");
    }

    @Test
    void theIncomingFieldIsTheEndOfTheRange() {
        resends.onResend(550, 801, 6, 0);
        assertThat(resends.poll(0)).isTrue();
        assertThat(resends.start()).isEqualTo(550);
        assertThat(resends.incoming()).isEqualTo(850);
    }

    @Test
    void rangesThatTouchBecomeOneWithTheHigherLevel() {
        resends.onResend(650, 750, 2, 0);
        resends.onResend(550, 650, 6, 0);
        resends.onResend(750, 850, 3, 0);
        assertThat(drain(0)).containsExactly("550-650@6", "650-750@6", "750-850@6");
    }

    @Test
    void separateRangesKeepTheirLevelsAndLeaveInAscendingOrder() {
        resends.onResend(9_000, 9_001, 2, 0);
        resends.onResend(0, 1, 6, 0);
        resends.onResend(5_000, 5_001, 4, 0);
        assertThat(drain(0)).containsExactly("0-100@6", "4950-5050@4", "8950-9050@2");
    }

    @Test
    void theNewestRangeIsDroppedWhenThereIsNoRoom() {
        for (int i = 0; i < Retransmissions.MAX_RANGES; i++) {
            assertThat(resends.onResend(500 + 300 * i, 501 + 300 * i, 6, 0)).isTrue();
        }
        assertThat(resends.onResend(9_000, 9_001, 6, 0)).isFalse();
        // One that touches another needs no room.
        assertThat(resends.onResend(550, 551, 6, 0)).isTrue();
        assertThat(drain(0)).hasSize(Retransmissions.MAX_RANGES + 1).doesNotContain("8950-9050@6");
    }

    @Test
    void onePacketLeavesOncePerMillisecond() {
        resends.onResend(0, 100, 6, 0);
        assertThat(drain(0)).hasSize(1);
        resends.onResend(0, 100, 6, MS - 1);
        assertThat(drain(MS - 1)).isEmpty();
        resends.onResend(0, 100, 6, MS);
        assertThat(drain(MS)).hasSize(1);
    }

    @Test
    void theLimitCountsFromTheTransmissionNotFromAFixedWindow() {
        resends.onResend(0, 100, 6, 0);
        assertThat(drain(MS - 1)).hasSize(1);
        resends.onResend(0, 100, 6, MS + 1);
        assertThat(drain(MS + 1)).isEmpty();
        resends.onResend(0, 100, 6, 2 * MS - 1);
        assertThat(drain(2 * MS - 1)).hasSize(1);
    }

    @Test
    void otherPacketsAreNotHeldBackByTheLimit() {
        resends.onResend(100, 200, 6, 0);
        drain(0);
        resends.onResend(0, 300, 6, 10);
        assertThat(drain(10)).containsExactly("0-100@6", "200-300@6");
    }

    @Test
    void aReusedMessageIsNotHeldBackByItsPredecessor() {
        resends.onResend(0, 100, 6, 5);
        drain(5);
        sentMessage();
        resends.onResend(0, 100, 6, 6);
        assertThat(drain(6)).hasSize(1);
    }

    @Test
    void aReusedMessageMayHaveMorePackets() {
        resends.onResend(0, 100, 6, 5);
        drain(5);
        message.reset(null, 0, 1_000_000, 450, 5, 100, 0);
        message.onSent(1_000_000);
        resends.onResend(0, 1_000_000, 6, 6);
        assertThat(drain(6)).hasSize(10_001);
    }

    @Test
    void aStormForTheWholeMessageCostsOneTransmissionPerPacketAndMillisecond() {
        int sent = 0;
        for (long now = 0; now < 10 * MS; now += 1_000) {
            resends.onResend(0, 10_000, 6, now);
            sent += drain(now).size();
        }
        assertThat(sent).isEqualTo(10 * message.packetCount());
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54, 55, 56, 57, 58})
    void exactlyThePacketsAskedForLeaveAndNoneTooOften(long seed) {
        Random random = new Random(seed);
        int packets = message.packetCount();
        boolean[] wanted = new boolean[packets];
        // Wanted when its last retransmission was 1 ms old already: it has to leave.
        boolean[] due = new boolean[packets];
        long[] lastNs = new long[packets];
        Arrays.fill(lastNs, -MS);
        long now = 0;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(200_000);
            String where = "seed " + seed + " step " + step;
            if (random.nextInt(3) > 0) {
                int from = random.nextInt(10_400) - 200;
                int to = from + random.nextInt(random.nextInt(20) == 0 ? 10_000 : 300);
                if (resends.onResend(from, to, random.nextInt(8), now)) {
                    for (int at = Math.max(0, from); at < Math.min(to, 10_000); at++) {
                        int packet = message.packetIndex(at);
                        wanted[packet] = true;
                        due[packet] |= now - lastNs[packet] >= MS;
                    }
                }
            } else {
                int polls = random.nextInt(40);
                for (int i = 0; i < polls && resends.poll(now); i++) {
                    int packet = message.packetIndex(resends.start());
                    assertThat(message.packetStart(resends.start())).as(where).isEqualTo(resends.start());
                    assertThat(message.packetEnd(resends.start())).as(where).isEqualTo(resends.end());
                    assertThat(resends.incoming()).as(where).isGreaterThanOrEqualTo(resends.end());
                    assertThat(wanted[packet]).as(where).isTrue();
                    assertThat(now - lastNs[packet]).as(where).isGreaterThanOrEqualTo(MS);
                    wanted[packet] = false;
                    due[packet] = false;
                    lastNs[packet] = now;
                }
                if (!resends.pending()) {
                    assertThat(due).as(where).containsOnly(false);
                    Arrays.fill(wanted, false);
                }
            }
        }
    }
}
