package dev.remora.homa.protocol.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacerTest {
    private static final long LIMIT = Pacer.DEFAULT_MAX_BACKLOG_NS;
    private static final long NO_REPORT = Long.MAX_VALUE;

    private static Pacer pacer(int mbps) {
        return new Pacer(mbps, 100, LIMIT, NO_REPORT, 50);
    }

    @ParameterizedTest
    @CsvSource({
        "10000, 100, 1514, 1231",
        "100000, 100, 1514, 124",
        "100000, 99, 1514, 125",
        "25000, 100, 76, 32",
        "10000, 50, 1226, 2000",
        "0, 100, 1514, 0",
    })
    void aPacketCostsItsTimeOnTheLinkWithPreambleGapAndChecksum(int mbps, int percent, int bytes, long ns) {
        assertThat(new Pacer(mbps, percent, LIMIT, NO_REPORT, 0).costNs(bytes)).isEqualTo(ns);
    }

    @Test
    void partsOfANanosecondAreNotLost() {
        Pacer pacer = pacer(100_000);
        for (int i = 0; i < 1_000; i++) {
            pacer.charge(76 + 25 - 24, 0);
        }
        // 101 bytes are 8.08 ns.
        assertThat(pacer.backlogNs(0)).isEqualTo(8_080);
    }

    @Test
    void aFrameIsChargedTheOverheadOfEachPacketCutFromIt() {
        Pacer frame = pacer(10_000);
        Pacer singles = pacer(10_000);
        frame.charge(6 * 1_514, 6, 0);
        for (int i = 0; i < 6; i++) {
            singles.charge(1_514, 0);
        }
        assertThat(frame.backlogNs(0)).isCloseTo(singles.backlogNs(0), within(1L));
    }

    @Test
    void transmissionStopsAboveTheLimitAndResumesWhenTheEstimateHasFallen() {
        Pacer pacer = pacer(10_000);
        long now = 1_000_000;
        assertThat(pacer.mayTransmit(now)).isTrue();
        for (int i = 0; i < 5; i++) {
            assertThat(pacer.mayTransmit(now)).isTrue();
            pacer.charge(1_514, now);
        }
        assertThat(pacer.mayTransmit(now)).isFalse();

        long next = pacer.nextTransmitNs(now);
        assertThat(next).isGreaterThan(now);
        assertThat(pacer.mayTransmit(next - 1)).isFalse();
        assertThat(pacer.mayTransmit(next)).isTrue();
        assertThat(pacer.nextTransmitNs(next)).isEqualTo(next);
    }

    @Test
    void anIdleLinkEarnsNoCredit() {
        Pacer pacer = pacer(10_000);
        pacer.charge(1_514, 0);
        pacer.charge(1_514, 1_000_000);
        assertThat(pacer.backlogNs(1_000_000)).isEqualTo(1_231);
    }

    @Test
    void theClockMayStartBelowZero() {
        Pacer pacer = pacer(10_000);
        long now = Long.MIN_VALUE + 10;
        assertThat(pacer.mayTransmit(now)).isTrue();
        pacer.charge(100_000, now);
        assertThat(pacer.mayTransmit(now)).isFalse();
    }

    @Test
    void aLongQueueReportedByTheNicStopsTransmissionToo() {
        Pacer pacer = new Pacer(10_000, 100, LIMIT, 12_500, 50);
        pacer.onQueuedBytes(12_500);
        assertThat(pacer.mayTransmit(0)).isTrue();
        pacer.onQueuedBytes(25_000);
        assertThat(pacer.mayTransmit(0)).isFalse();
        assertThat(pacer.nextTransmitNs(0)).isEqualTo(10_000);
        pacer.onQueuedBytes(Long.MAX_VALUE);
        assertThat(pacer.nextTransmitNs(0)).isPositive();
        pacer.onQueuedBytes(-1);
        assertThat(pacer.mayTransmit(0)).isTrue();
    }

    @Test
    void withoutALinkRateNothingIsHeldBack() {
        Pacer pacer = new Pacer(0, 100, LIMIT, 0, 50);
        pacer.onQueuedBytes(1_000_000);
        for (int i = 0; i < 1_000; i++) {
            pacer.charge(65_536, 7);
        }
        assertThat(pacer.mayTransmit(7)).isTrue();
        assertThat(pacer.nextTransmitNs(7)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void theEstimateStaysBelowTheLimitPlusOneFramePlusWhatBypassed(long seed) {
        Random random = new Random(seed);
        int mbps = new int[] {1_000, 10_000, 25_000, 100_000}[random.nextInt(4)];
        Pacer pacer = pacer(mbps);
        long now = random.nextLong();
        long maxFrameNs = 0;
        long bypassedNs = 0;
        for (int step = 0; step < 50_000; step++) {
            now += random.nextInt(2_000);
            if (pacer.backlogNs(now) == 0) {
                bypassedNs = 0;
            }
            int bytes = 60 + random.nextInt(9_000);
            if (random.nextInt(10) == 0) {
                pacer.charge(bytes, now);
                bypassedNs += pacer.costNs(bytes);
            } else if (pacer.mayTransmit(now)) {
                pacer.charge(bytes, now);
                maxFrameNs = Math.max(maxFrameNs, pacer.costNs(bytes));
            }
            assertThat(pacer.backlogNs(now))
                    .as("seed %d step %d", seed, step)
                    .isLessThanOrEqualTo(LIMIT + maxFrameNs + bypassedNs);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void aBusySenderKeepsTheLinkBusyAtItsRate(long seed) {
        Random random = new Random(seed);
        Pacer pacer = new Pacer(25_000, 80, LIMIT, NO_REPORT, 50);
        long now = 0;
        long sent = 0;
        while (now < 10_000_000) {
            int bytes = 60 + random.nextInt(1_455);
            pacer.charge(bytes, now);
            sent += bytes + Pacer.OVERHEAD_BYTES;
            now = pacer.nextTransmitNs(now);
        }
        double gbps = sent * 8.0 / now;
        assertThat(gbps).as("seed %d", seed).isCloseTo(20.0, within(0.05));
    }

    @ParameterizedTest
    @CsvSource({"0, 41", "1, 42", "50, 43", "333, 44", "1000, 45"})
    void theOldestMessageGetsItsShareWithinOneFrame(int perMille, long seed) {
        Random random = new Random(seed);
        Pacer pacer = new Pacer(10_000, 100, LIMIT, NO_REPORT, perMille);
        long fifo = 0;
        long all = 0;
        for (int i = 0; i < 200_000; i++) {
            int bytes = 1 + random.nextInt(9_000);
            boolean turn = pacer.fifoTurn();
            pacer.onPaced(bytes, turn);
            all += bytes;
            fifo += turn ? bytes : 0;
            assertThat(Math.abs(fifo - all * perMille / 1_000.0))
                    .as("seed %d step %d", seed, i)
                    .isLessThanOrEqualTo(9_000);
        }
    }

    @Test
    void aMissedFifoTurnDoesNotPileUpWithoutBound() {
        Pacer pacer = pacer(10_000);
        for (int i = 0; i < 1_000_000; i++) {
            pacer.onPaced(100_000, false);
        }
        int turns = 0;
        while (pacer.fifoTurn()) {
            pacer.onPaced(10_000, true);
            turns++;
        }
        assertThat(turns).isLessThan(120);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 99, 5000, 1, 50",
        "1, 0, 5000, 1, 50",
        "1, 101, 5000, 1, 50",
        "1, 99, -1, 1, 50",
        "1, 99, 5000, -1, 50",
        "1, 99, 5000, 1, -1",
        "1, 99, 5000, 1, 1001"
    })
    void impossibleSettingsAreRefused(int mbps, int percent, long backlog, long queued, int fifo) {
        assertThatThrownBy(() -> new Pacer(mbps, percent, backlog, queued, fifo))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
