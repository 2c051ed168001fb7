package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a packet takes 60 us and round trips are long: 200 Mbit/s, and 200 us each way. */
class SlowLinkTest {
    private static final long DELAY_NS = 200_000;
    /** What a queue on the way may take, longer than silence may last: two ticks. */
    private static final long QUEUE_NS = 4_000_000;

    private final Pair pair = new Pair(HomaConfig.standard()
            .with(Tunable.QUARANTINE_NS, 0)
            .with(Tunable.LINK_MBPS, 200)
            .with(Tunable.RESEND_TICKS, 2));

    SlowLinkTest() {
        pair.delayNs = DELAY_NS;
        pair.responseBytes = 1;
    }

    @Test
    void aGapAmongGrantedBytesMayBeUnderWayAndIsWaitedForWhileOtherDataCome() {
        List<Pair.Packet> late = holdBack(60_000);
        pair.request(100_000, 1);
        pair.runMs(4);
        for (int i = 2; i < 20; i++) {
            pair.request(1_000, i);
            pair.runMs(1);
        }
        assertThat(late).hasSize(1);
        assertThat(pair.sentOf(HomaHeader.RESEND, false)).isEmpty();

        pair.inject(true, late.getFirst().memory(), late.getFirst().bytes().length);
        pair.runMs(5);
        assertThat(pair.outcomes).contains("response 1 1");
    }

    @Test
    void aGapAmongGrantedBytesIsALossWhenTheLinkIsIdle() {
        List<Pair.Packet> lost = holdBack(60_000);
        pair.request(100_000, 1);
        pair.runMs(16);

        assertThat(lost).hasSize(1);
        assertThat(pair.sentOf(HomaHeader.RESEND, false)).hasSize(1);
        assertThat(pair.outcomes).contains("response 1 1");
    }

    @Test
    void aGapAmongGrantedBytesIsALossAfterALongTimeOnABusyLink() {
        List<Pair.Packet> lost = holdBack(60_000);
        // 16 MB take 640 ms; asked is after half the time-out at the latest.
        pair.request(100_000, 1);
        for (int i = 2; i < 60; i++) {
            pair.request(1_000, i);
            pair.runMs(1);
        }
        assertThat(lost).hasSize(1);
        assertThat(pair.outcomes).contains("response 1 1");
    }

    @Test
    void aGapAmongUnscheduledBytesIsALoss() {
        // So that there are several packets of them.
        Pair slow = new Pair(pair.config.with(Tunable.SIZES_FOLLOW_LINK, 0).with(Tunable.UNSCHED_BYTES, 20_000));
        List<Pair.Packet> lost = new ArrayList<>();
        slow.lost = packet -> isData(packet) && packet.offset() > 0 && lost.isEmpty() && lost.add(packet);
        slow.request(10_000, 1);
        slow.runMs(6);

        assertThat(lost).hasSize(1);
        assertThat(slow.sentOf(HomaHeader.RESEND, false)).hasSize(1);
        assertThat(slow.outcomes).contains("response 1 10000");
    }

    /** The budget would leave each of eight messages two packets, and a GRANT for each packet. */
    @Test
    void aGrantIsForFourPacketsHoweverManyMessagesWait() {
        int messages = 8;
        int bytes = 100_000;
        Pair busy = new Pair(pair.config.with(Tunable.GRANT_STEP_PERCENT, 25));
        busy.delayNs = DELAY_NS;
        busy.responseBytes = 1;
        for (int i = 1; i <= messages; i++) {
            busy.request(bytes, i);
        }
        busy.runMs(60);

        assertThat(busy.outcomes)
                .filteredOn(outcome -> outcome.startsWith("response"))
                .hasSize(messages);
        // The last grant of each may be for less.
        int fourPackets = 4 * 1_424;
        assertThat(busy.sentOf(HomaHeader.GRANT, false)).hasSizeBetween(messages, messages * (bytes / fourPackets + 2));
    }

    @Test
    void requestsThatStandInAQueueAreNotSentAgainOnceThatIsKnown() {
        pair.delayNs = QUEUE_NS;
        for (int i = 0; i < 50; i++) {
            pair.request(100, i);
            pair.runMs(1);
        }
        pair.runMs(100);
        assertThat(asked()).as("before the first answers came").isPositive();

        pair.sent.clear();
        for (int i = 0; i < 50; i++) {
            pair.request(100, i);
            pair.runMs(1);
        }
        pair.runMs(100);
        assertThat(asked()).isZero();
        assertThat(pair.sent).filteredOn(SlowLinkTest::isData).hasSize(50);
    }

    @Test
    void aLostRequestIsSentAgainSoonWhenAnswersAreFastAgain() {
        pair.delayNs = QUEUE_NS;
        pair.request(100, 0);
        pair.runMs(200);
        pair.delayNs = DELAY_NS;
        for (int i = 0; i < 100; i++) {
            pair.request(100, i);
            pair.runMs(1);
        }
        pair.sent.clear();
        pair.lost = packet -> isData(packet) && asked() == 0;
        pair.request(100, 1_000);
        pair.runMs(4);

        assertThat(pair.outcomes).contains("response 1000 1");
    }

    @Test
    void aServerThatWorksForLongIsNoQueue() {
        pair.answer = false;
        for (int i = 0; i < 10; i++) {
            pair.request(100, i);
            pair.runMs(10);
            pair.respond(pair.unanswered.getLast(), 1);
            pair.runMs(2);
        }
        assertThat(pair.sentOf(HomaHeader.BUSY, false)).isNotEmpty();

        pair.sent.clear();
        pair.answer = true;
        pair.lost = packet -> isData(packet) && asked() == 0;
        pair.request(100, 1_000);
        pair.runMs(4);

        assertThat(pair.outcomes).contains("response 1000 1");
    }

    private int asked() {
        return pair.sentOf(HomaHeader.RESEND, true).size();
    }

    /** The first packet of those bytes or later ones does not arrive. */
    private List<Pair.Packet> holdBack(int offset) {
        List<Pair.Packet> held = new ArrayList<>();
        pair.lost = packet -> isData(packet) && packet.offset() >= offset && held.isEmpty() && held.add(packet);
        return held;
    }

    private static boolean isData(Pair.Packet packet) {
        return packet.toServer() && packet.type() == HomaHeader.DATA;
    }
}
