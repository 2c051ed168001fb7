package dev.remora.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.envelope.Coding;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final int SIZE = 68;
    private static final long COST = 100;
    private static final long BATCH = 1000;

    private static Outbox<String> outbox(long limit) {
        return new Outbox<>(BATCH, 4000, limit);
    }

    private static void add(Outbox<String> outbox, String... messages) {
        for (String message : messages) {
            outbox.add(message, SIZE, null);
        }
    }

    private static List<Object> take(Outbox<String> outbox) {
        return Arrays.asList(outbox.take().messages());
    }

    @Test
    void loneMessagesLeaveAtOnceAndOthersWaitForCompany() {
        Outbox<String> outbox = outbox(100_000);
        for (String lone : new String[] {"a", "b"}) {
            add(outbox, lone);
            assertThat(outbox.maySend(false)).isTrue();
            assertThat(take(outbox)).containsExactly(lone);
        }
        add(outbox, "c", "d");
        assertThat(outbox.maySend(false)).as("two are under way").isFalse();
        outbox.acknowledge(1);
        assertThat(outbox.maySend(false)).isTrue();
        assertThat(take(outbox)).containsExactly("c", "d");
    }

    @Test
    void fullSegmentsDoNotWait() {
        Outbox<String> outbox = outbox(100_000);
        for (int i = 0; i < 35; i++) {
            outbox.add("m" + i, SIZE, null);
        }
        for (int segment = 0; segment < 3; segment++) {
            assertThat(outbox.maySend(false)).isTrue();
            assertThat(take(outbox)).hasSize(10).startsWith("m" + 10 * segment);
        }
        assertThat(outbox.maySend(false)).isFalse();
        assertThat(outbox.maySend(true)).as("no more will come").isTrue();
        assertThat(take(outbox)).hasSize(5);
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void creditHoldsBackAndOneMessageMoreIsPossible() {
        Outbox<String> outbox = outbox(COST + 1);
        add(outbox, "a", "b", "c");
        assertThat(take(outbox)).containsExactly("a", "b");
        assertThat(outbox.isBlocked()).isTrue();
        assertThat(outbox.maySend(true)).isFalse();
        outbox.credit(2 * COST);
        assertThat(outbox.maySend(true)).as("what was sent already counts").isFalse();
        outbox.credit(2 * COST + 1);
        outbox.credit(1);
        assertThat(outbox.maySend(true)).isTrue();
        assertThat(take(outbox)).containsExactly("c");
        assertThat(outbox.isBlocked()).as("nothing waits").isFalse();
    }

    @Test
    void whoHadToWaitForCreditSaysSoOnce() {
        Outbox<String> outbox = outbox(1);
        outbox.add("large", 50_000, null);
        outbox.take();
        assertThat(outbox.takeStall()).as("nothing waits").isFalse();
        outbox.add("next", 50_000, null);
        assertThat(outbox.maySend(false)).isFalse();
        outbox.credit(100_000);
        assertThat(outbox.maySend(false)).isTrue();
        outbox.take();
        assertThat(outbox.takeStall()).as("it waited, though it has gone now").isTrue();
        assertThat(outbox.takeStall()).isFalse();
    }

    @Test
    void aLargeMessageTravelsAlone() {
        Outbox<String> outbox = outbox(1_000_000);
        add(outbox, "a");
        outbox.add("large", 50_000, null);
        add(outbox, "b");
        assertThat(take(outbox)).containsExactly("a");
        assertThat(outbox.isFull()).isTrue();
        assertThat(take(outbox)).containsExactly("large");
        assertThat(take(outbox)).containsExactly("b");
    }

    @Test
    void aLargeMessageGoesWithWhateverCreditThereIs() {
        Outbox<String> outbox = outbox(1);
        outbox.add("large", 50_000, null);
        assertThat(outbox.maySend(false)).isTrue();
        assertThat(outbox.take().cost()).isEqualTo(50_032);
        assertThat(outbox.maySend(true)).isFalse();
    }

    @Test
    void readinessHasTwoThresholds() {
        Outbox<String> outbox = outbox(100_000);
        for (int i = 0; i < 39; i++) {
            add(outbox, "m");
            assertThat(outbox.isReady()).isTrue();
        }
        add(outbox, "m");
        assertThat(outbox.isReady()).isFalse();
        outbox.take();
        assertThat(outbox.becomesReady()).as("3000 of 4000 wait").isFalse();
        outbox.take();
        assertThat(outbox.becomesReady()).isTrue();
        assertThat(outbox.becomesReady()).as("told once").isFalse();
        assertThat(outbox.isReady()).isTrue();
    }

    @Test
    void sequencesRiseWithEmptySegmentsToo() {
        Outbox<String> outbox = outbox(100_000);
        add(outbox, "a");
        assertThat(outbox.take().sequence()).isZero();
        assertThat(outbox.takeEmpty().sequence()).isEqualTo(1);
        add(outbox, "b");
        assertThat(outbox.take().sequence()).isEqualTo(2);
    }

    @Test
    void theRingKeepsItsOrderWhileItGrows() {
        Outbox<String> outbox = new Outbox<>(350, 1 << 20, Long.MAX_VALUE / 2);
        int added = 0;
        int taken = 0;
        while (taken < 5000) {
            for (int i = 0; i < 7 && added < 5000; i++) {
                add(outbox, "m" + added++);
            }
            for (Object message : outbox.take().messages()) {
                assertThat(message).isEqualTo("m" + taken++);
            }
        }
        assertThat(outbox.isEmpty()).isTrue();
        assertThat(outbox.waitingCost()).isZero();
    }

    @Test
    void aCompressedMessageCountsAsWhatItIsNowAndItsSegmentSaysThatThereIsOne() {
        Outbox<String> outbox = new Outbox<>(1_000, 10_000, 100_000);
        CompressedMessage small = new CompressedMessage(ByteBuffer.allocate(68), 50_000);
        outbox.add("large", 50_000, small);
        assertThat(outbox.waitingCost()).isEqualTo(100);
        assertThat(outbox.isReady()).isTrue();
        outbox.add("plain", SIZE, null);
        Segment<String> both = outbox.take();
        assertThat(both.compressed()).isTrue();
        assertThat(both.cost()).isEqualTo(100 + StreamCost.of(SIZE));
        assertThat(both.coding().algorithm()).isEqualTo(Coding.GZIP);
        outbox.add("plain", SIZE, null);
        assertThat(outbox.take().compressed()).isFalse();
        outbox.add("large", 50_000, small);
        outbox.clear();
        outbox.add("plain", SIZE, null);
        assertThat(outbox.take().coding()).isEqualTo(Coding.PLAIN);
    }
}
