package dev.remora.homa.protocol.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingMessageTest {
    /** Data bytes of a full packet over IPv4 with an MTU of 1500 and 9000. */
    private static final int S = 1_424;

    private static final int JUMBO = 8_924;

    private final OutgoingMessage message = new OutgoingMessage();

    private OutgoingMessage of(int length, int unscheduled) {
        message.reset(null, 0, length, unscheduled, 5, S, 0);
        return message;
    }

    @Test
    void unscheduledBytesAreGrantedFromTheStart() {
        of(100_000, 40_000);
        assertThat(message.granted).isEqualTo(40_000);
        assertThat(message.sendable()).isTrue();
        assertThat(message.remaining()).isEqualTo(100_000);

        of(100, 40_000);
        assertThat(message.unscheduled).isEqualTo(100);
        assertThat(message.granted).isEqualTo(100);
    }

    @Test
    void aFullyScheduledMessageWaitsForItsFirstGrant() {
        of(5_000, 0);
        assertThat(message.sendable()).isFalse();
        assertThat(message.unitBytes(0, 6)).isZero();

        assertThat(message.onGrant(1, 3, 8)).isTrue();
        assertThat(message.unitBytes(0, 6)).isEqualTo(S);
        assertThat(message.levelAt(0)).isEqualTo(3);
    }

    @Test
    void aUnitHoldsWholePacketsUpToTheFrameSize() {
        of(1_000_000, 60_000);
        // MTU 1500: frames of 10 000 bytes hold 6 packets; of 65 536 bytes 45, here cut by the unscheduled limit.
        assertThat(message.unitBytes(0, 6)).isEqualTo(8_544);
        assertThat(message.unitBytes(0, 1)).isEqualTo(S);
        message.onGrant(1_000_000, 0, 8);
        assertThat(message.unitBytes(60_000, 45)).isEqualTo(64_080);

        message.reset(null, 0, 1_000_000, 1_000_000, 5, JUMBO, 0);
        assertThat(message.unitBytes(0, 7)).isEqualTo(62_468);
    }

    @Test
    void noUnitStraddlesTheUnscheduledLimit() {
        of(1_000_000, 40_000);
        message.onGrant(1_000_000, 0, 8);

        // 28 full packets make 39 872 bytes; the last unscheduled one is short.
        assertThat(message.unitBytes(39_872, 45)).isEqualTo(128);
        assertThat(message.unitBytes(0, 45)).isEqualTo(40_000);
        assertThat(message.unitBytes(40_000, 1)).isEqualTo(S);
        assertThat(message.levelAt(39_872)).isEqualTo(5);
        assertThat(message.levelAt(40_000)).isZero();
    }

    @Test
    void aUnitHoldsOnlyPacketsThatStartBelowGranted() {
        of(1_000_000, 40_000);

        message.onGrant(40_001, 0, 8);
        assertThat(message.unitBytes(40_000, 45)).isEqualTo(S);
        message.onGrant(40_000 + S, 0, 8);
        assertThat(message.unitBytes(40_000, 45)).isEqualTo(S);
        message.onGrant(40_000 + S + 1, 0, 8);
        assertThat(message.unitBytes(40_000, 45)).isEqualTo(2 * S);
        assertThat(message.unitBytes(40_000 + 2 * S, 45)).isZero();
    }

    @Test
    void theLastUnitEndsWithTheMessage() {
        of(40_001, 40_000);
        message.onGrant(40_001, 0, 8);
        assertThat(message.unitBytes(40_000, 45)).isEqualTo(1);
        assertThat(message.unitBytes(40_001, 45)).isZero();
    }

    @Test
    void oneUnscheduledByteMoreMakesAnotherBoundary() {
        of(40_001, 40_000);
        assertThat(message.packetEnd(39_999)).isEqualTo(40_000);
        assertThat(message.packetStart(40_000)).isEqualTo(40_000);
        assertThat(message.packetCount()).isEqualTo(30);
    }

    @ParameterizedTest
    @CsvSource({"-1, 6", "-2147483648, 6", "2147483647, 6", "100000, 6", "0, 0", "0, -1", "0, -2147483648"})
    void impossibleUnitsAreEmpty(int start, int maxSegments) {
        of(100_000, 40_000);
        assertThat(message.unitBytes(start, maxSegments)).isZero();
    }

    @Test
    void aHugeFrameLimitDoesNotOverflow() {
        of(1_000_000, 1_000_000);
        assertThat(message.unitBytes(0, Integer.MAX_VALUE)).isEqualTo(1_000_000);
        message.reset(null, 0, Integer.MAX_VALUE, Integer.MAX_VALUE, 5, Integer.MAX_VALUE, 0);
        assertThat(message.unitBytes(0, Integer.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "-2147483648, 0", "1000, 1000", "2147483647, 1000"})
    void offsetsOutsideTheMessageBelongToItsFirstOrLastPacket(int at, int expectedNear) {
        message.reset(null, 0, 1_000, 1_000, 5, 100, 0);
        int expectedStart = expectedNear == 0 ? 0 : 900;
        assertThat(message.packetStart(at)).isEqualTo(expectedStart);
        assertThat(message.packetEnd(at)).isEqualTo(expectedStart + 100);
    }

    @Test
    void aGrantRaisesTheLimitAndSetsTheLevel() {
        of(100_000, 40_000);
        assertThat(message.onGrant(50_000, 3, 8)).isTrue();
        assertThat(message.granted).isEqualTo(50_000);
        assertThat(message.scheduledLevel).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {49_999, 0, -1, Integer.MIN_VALUE})
    void anOldOrNegativeGrantChangesNeitherLimitNorLevel(int offset) {
        of(100_000, 40_000);
        message.onGrant(50_000, 3, 8);

        assertThat(message.onGrant(offset, 6, 8)).isFalse();
        assertThat(message.granted).isEqualTo(50_000);
        assertThat(message.scheduledLevel).isEqualTo(3);
    }

    @Test
    void aGrantOfTheSameOffsetIsNoProgressButItsLevelCounts() {
        of(100_000, 40_000);
        message.onGrant(50_000, 3, 8);
        assertThat(message.onGrant(50_000, 2, 8)).isFalse();
        assertThat(message.scheduledLevel).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"8, 8, 7", "255, 8, 7", "5, 4, 3", "-1, 8, 0", "3, 0, 0", "2147483647, 1, 0"})
    void grantLevelsAreClampedToThoseInUse(int level, int numPriorities, int expected) {
        of(100_000, 40_000);
        message.onGrant(Integer.MAX_VALUE, level, numPriorities);
        assertThat(message.scheduledLevel).isEqualTo(expected);
        assertThat(message.granted).isEqualTo(100_000);
    }

    @Test
    void aResendBeyondTheGrantRaisesTheLimitOnly() {
        of(100_000, 40_000);
        assertThat(message.raiseGranted(45_000)).isTrue();
        assertThat(message.raiseGranted(44_000)).isFalse();
        assertThat(message.raiseGranted(Integer.MAX_VALUE)).isTrue();
        assertThat(message.granted).isEqualTo(100_000);
        assertThat(message.scheduledLevel).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_001, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void moreThanTheMessageHoldsCannotHaveBeenSent(int bytes) {
        of(1_000, 1_000);
        assertThatThrownBy(() -> message.onSent(bytes)).isInstanceOf(IllegalArgumentException.class);
        message.onSent(1_000);
        assertThat(message.fullySent()).isTrue();
        assertThat(message.sendable()).isFalse();
    }

    @Test
    void aReusedMessageForgetsTheLastOne() {
        of(100_000, 40_000);
        message.onGrant(100_000, 3, 8);
        message.onSent(message.unitBytes(0, 6));
        message.retransmissions().onResend(0, 1, 1, 0);
        assertThat(message.resendPending()).isTrue();

        of(10, 40_000);
        assertThat(message.next).isZero();
        assertThat(message.granted).isEqualTo(10);
        assertThat(message.scheduledLevel).isZero();
        assertThat(message.resendPending()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 1", "1, -1, 1", "1, 1, 0", "1, 1, -5"})
    void impossibleMessagesAreRefused(int length, int unscheduled, int segment) {
        assertThatThrownBy(() -> message.reset(null, 0, length, unscheduled, 0, segment, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void firstTransmissionsCoverTheMessageOnceInOrderWithTheBoundariesOfItsPackets(long seed) {
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            int length = 1 + random.nextInt(60_000);
            int unscheduled = random.nextInt(20_000);
            int segment = 1 + random.nextInt(3_000);
            message.reset(null, 0, length, unscheduled, 5, segment, 0);
            boolean[] boundary = boundaries(length, Math.min(unscheduled, length), segment);
            while (!message.fullySent()) {
                // A packet sent whole reaches beyond its grant: several grants may be needed to pass it.
                while (!message.sendable()) {
                    message.onGrant(message.granted + 1 + random.nextInt(5_000), random.nextInt(8), 8);
                }
                int start = message.next;
                int maxSegments = 1 + random.nextInt(6);
                int bytes = message.unitBytes(start, maxSegments);
                String where = "seed " + seed + " run " + run + " at " + start + "+" + bytes;
                int end = start + bytes;
                assertThat(bytes).as(where).isPositive().isLessThanOrEqualTo(maxSegments * segment);
                assertThat(boundary[start] && boundary[end]).as(where).isTrue();
                assertThat(start >= message.unscheduled || end <= message.unscheduled)
                        .as(where)
                        .isTrue();
                int packets = 0;
                for (int at = start; at < end; at = message.packetEnd(at)) {
                    assertThat(at).as(where).isLessThan(message.granted);
                    assertThat(message.packetStart(message.packetEnd(at) - 1))
                            .as(where)
                            .isEqualTo(at);
                    packets++;
                }
                boolean more = end < message.granted && end != message.unscheduled;
                assertThat(packets == maxSegments || !more)
                        .as(where + " is not too small")
                        .isTrue();
                assertThat(end).as(where).isLessThanOrEqualTo(message.granted + segment - 1);
                message.onSent(bytes);
            }
            assertThat(message.next).as("seed %d run %d", seed, run).isEqualTo(length);
        }
    }

    private static boolean[] boundaries(int length, int unscheduled, int segment) {
        boolean[] boundary = new boolean[length + 1];
        for (int at = 0; at < unscheduled; at += segment) {
            boundary[at] = true;
        }
        for (int at = unscheduled; at < length; at += segment) {
            boundary[at] = true;
        }
        boundary[length] = true;
        return boundary;
    }
}
