package dev.remora.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.Metadata;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.stream.Inbox.Placed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InboxTest {
    private final Inbox inbox = new Inbox();

    private static Arrived segment(long sequence, boolean last, TestBuffer buffer) throws Exception {
        return Arrived.of(new Arrived.Frame(sequence, last, null, null, Metadata.EMPTY, 0), buffer);
    }

    private List<String> readAll() {
        List<String> all = new ArrayList<>();
        for (Arrived head = inbox.head(); head != null; head = inbox.head()) {
            while (head.hasNext()) {
                all.add(StandardCharsets.US_ASCII.decode(head.next()).toString());
            }
            inbox.pop();
        }
        return all;
    }

    @Test
    void anyOrderIsPutRight() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            Inbox mixed = new Inbox();
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                order.add(i);
                if (random.nextInt(4) == 0) {
                    order.add(i);
                }
            }
            Collections.shuffle(order, random);
            int next = 0;
            for (int i : order) {
                TestBuffer buffer = TestBuffer.of("m" + i);
                Arrived segment = segment(i, i == 29, buffer);
                if (mixed.add(segment) == Placed.DUPLICATE) {
                    segment.release();
                }
                for (Arrived head = mixed.head(); head != null; head = mixed.head()) {
                    assertThat(StandardCharsets.US_ASCII.decode(head.next()).toString())
                            .as("seed %d", seed)
                            .isEqualTo("m" + next++);
                    mixed.pop();
                }
                assertThat(buffer.releases).isLessThanOrEqualTo(1);
            }
            assertThat(next).isEqualTo(30);
            assertThat(mixed.received()).isEqualTo(30);
            assertThat(mixed.isComplete()).isTrue();
        }
    }

    @Test
    void aSegmentThatWaitsDoesNotKeepTheTransportsMemory() throws Exception {
        TestBuffer early = TestBuffer.of("c", "d");
        TestBuffer late = TestBuffer.of("a", "b");
        assertThat(inbox.add(segment(1, false, early))).isEqualTo(Placed.NEW);
        assertThat(early.releases).as("copied, as nobody can read it yet").isEqualTo(1);
        assertThat(inbox.add(segment(0, false, late))).isEqualTo(Placed.NEW);
        assertThat(late.releases).isZero();
        Objects.requireNonNull(inbox.head()).next();
        inbox.own();
        assertThat(late.releases).isEqualTo(1);
        assertThat(readAll()).containsExactly("b", "c", "d");
        assertThat(late.releases + early.releases).isEqualTo(2);
    }

    @Test
    void costCountsMessages() throws Exception {
        Arrived segment = segment(0, false, TestBuffer.of("", "abc", "x"));
        assertThat(segment.count).isEqualTo(3);
        assertThat(segment.cost).isEqualTo(3 * StreamCost.PER_MESSAGE + 4);
        assertThat(segment.largestCost).isEqualTo(StreamCost.PER_MESSAGE + 3);
        inbox.add(segment);
        assertThat(inbox.receivedCost()).isEqualTo(segment.cost);
        assertThat(readAll()).containsExactly("", "abc", "x");
    }

    @Test
    void whatIsFarAheadOrBehindTheEndIsRefused() throws Exception {
        assertThat(inbox.add(segment(1_000_000, false, TestBuffer.of("x")))).isEqualTo(Placed.TOO_FAR_AHEAD);
        assertThat(inbox.add(segment(Long.MAX_VALUE, false, TestBuffer.of("x"))))
                .isEqualTo(Placed.TOO_FAR_AHEAD);
        assertThat(inbox.add(segment(2, true, TestBuffer.of("end")))).isEqualTo(Placed.NEW);
        assertThat(inbox.add(segment(3, false, TestBuffer.of("x")))).isEqualTo(Placed.TOO_FAR_AHEAD);
        assertThat(inbox.isComplete()).isFalse();
    }

    @Test
    void segmentsWithNothingInThemAreCountedAndForgotten() throws Exception {
        for (int i = 0; i < 10; i++) {
            TestBuffer nothing = TestBuffer.of();
            assertThat(inbox.add(segment(i, false, nothing))).isEqualTo(Placed.NEW);
            assertThat(nothing.releases).isEqualTo(1);
        }
        assertThat(inbox.head()).isNull();
        assertThat(inbox.received()).isEqualTo(10);
    }

    @Test
    void droppingReleasesAllButWhatIsBeingRead() throws Exception {
        TestBuffer read = TestBuffer.of("a");
        TestBuffer waiting = TestBuffer.of("b");
        Arrived first = segment(0, false, read);
        inbox.add(first);
        inbox.add(segment(1, false, waiting));
        inbox.clear(first);
        assertThat(read.releases).isZero();
        assertThat(waiting.releases).isEqualTo(1);
        assertThat(inbox.head()).isNull();
    }

    @Test
    void aLengthBeyondTheEndIsMalformed() {
        TestBuffer buffer = new TestBuffer(ByteBuffer.wrap(new byte[] {2, 'a', 'b', 3, 'c'}));
        assertThatThrownBy(() -> segment(0, false, buffer))
                .isInstanceOf(MalformedEnvelopeException.class)
                .hasMessageContaining("only 1 bytes follow");
        assertThat(buffer.releases).as("it is still the caller's").isZero();
    }
}
