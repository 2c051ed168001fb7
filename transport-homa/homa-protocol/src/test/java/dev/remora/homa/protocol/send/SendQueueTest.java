package dev.remora.homa.protocol.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SendQueueTest {
    private final SendQueue queue = new SendQueue(1_000);

    private static OutgoingMessage message(int length, long birthNs) {
        OutgoingMessage message = new OutgoingMessage();
        message.reset(null, 0, length, 40_000, 5, 1_000, birthNs);
        return message;
    }

    private OutgoingMessage queued(int length, long birthNs) {
        OutgoingMessage message = message(length, birthNs);
        assertThat(queue.add(message)).isTrue();
        return message;
    }

    @Test
    void anEmptyQueueHasNeitherBestNorOldest() {
        assertThat(queue.best()).isNull();
        assertThat(queue.oldest()).isNull();
        assertThat(queue.size()).isZero();
    }

    @Test
    void theMessageWithTheFewestBytesLeftIsBest() {
        OutgoingMessage longOne = queued(9_000, 1);
        OutgoingMessage shortOne = queued(500, 2);
        assertThat(queue.best()).isSameAs(shortOne);
        assertThat(queue.oldest()).isSameAs(longOne);

        queue.remove(shortOne);
        assertThat(queue.best()).isSameAs(longOne);
    }

    @Test
    void bytesLeftCountNotTheLength() {
        OutgoingMessage begun = queued(9_000, 1);
        OutgoingMessage fresh = queued(5_000, 2);
        assertThat(queue.best()).isSameAs(fresh);

        begun.onSent(5_000);
        queue.update(begun);
        assertThat(queue.best()).isSameAs(begun);
    }

    @Test
    void amongEqualsTheOlderGoesFirst() {
        queued(500, 7);
        OutgoingMessage older = queued(500, 3);
        queued(500, 9);
        assertThat(queue.best()).isSameAs(older);
    }

    @Test
    void bornInTheSameNanosecondTheFirstToArriveGoesFirst() {
        OutgoingMessage first = queued(500, 3);
        OutgoingMessage second = queued(500, 3);
        queue.remove(first);
        assertThat(queue.best()).isSameAs(second);
        // It keeps its place in the order although it left meanwhile.
        queue.add(first);
        assertThat(queue.best()).isSameAs(first);
        assertThat(queue.oldest()).isSameAs(first);
    }

    @Test
    void ageSurvivesTheWrapOfTheClock() {
        queued(500, Long.MIN_VALUE + 5);
        OutgoingMessage older = queued(500, Long.MAX_VALUE - 5);
        assertThat(queue.oldest()).isSameAs(older);
    }

    @Test
    void aMessageThatRunsOutOfGrantsLeavesAndComesBack() {
        OutgoingMessage message = queued(100_000, 1);
        message.onSent(40_000);
        queue.update(message);
        assertThat(queue.size()).isZero();
        assertThat(queue.oldest()).isNull();
        assertThat(queue.add(message)).isFalse();

        message.onGrant(50_000, 1, 8);
        assertThat(queue.add(message)).isTrue();
        assertThat(queue.best()).isSameAs(message);
    }

    @Test
    void addingTwiceMovesTheMessageOnly() {
        OutgoingMessage message = queued(9_000, 1);
        OutgoingMessage other = queued(5_000, 2);
        message.onSent(8_000);
        assertThat(queue.add(message)).isTrue();
        assertThat(queue.size()).isEqualTo(2);
        assertThat(queue.best()).isSameAs(message);
        queue.remove(message);
        assertThat(queue.best()).isSameAs(other);
    }

    @Test
    void aMessageThatIsNotInMayBeRemovedOrUpdated() {
        OutgoingMessage message = message(500, 1);
        queue.remove(message);
        queue.update(message);
        assertThat(queue.size()).isZero();
    }

    @Test
    void aFullQueueRefuses() {
        SendQueue small = new SendQueue(2);
        OutgoingMessage first = message(10, 1);
        assertThat(small.add(first)).isTrue();
        assertThat(small.add(message(20, 2))).isTrue();
        OutgoingMessage third = message(5, 3);
        assertThat(small.add(third)).isFalse();
        assertThat(third.queued()).isFalse();

        small.remove(first);
        assertThat(small.add(third)).isTrue();
    }

    @Test
    void aQueuedMessageCannotBeReused() {
        OutgoingMessage message = queued(500, 1);
        assertThatThrownBy(() -> message.reset(null, 0, 1, 1, 0, 1, 0)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void orderAgreesWithASortedList(long seed) {
        Random random = new Random(seed);
        List<OutgoingMessage> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(new OutgoingMessage());
        }
        List<OutgoingMessage> model = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 5_000; step++) {
            OutgoingMessage message = all.get(random.nextInt(all.size()));
            now += random.nextInt(2);
            int action = random.nextInt(10);
            if (!message.queued()) {
                if (message.length == 0 || message.fullySent() || action == 0) {
                    int length = 1 + random.nextInt(random.nextBoolean() ? 50 : 100_000);
                    message.reset(null, 0, length, 1 + random.nextInt(10_000), 5, 1_000, now);
                } else {
                    message.onGrant(message.granted + random.nextInt(10_000), 0, 8);
                }
                if (queue.add(message)) {
                    model.add(message);
                }
            } else if (action < 8) {
                message.onSent(message.unitBytes(message.next, 1 + random.nextInt(4)));
                queue.update(message);
                if (!message.sendable()) {
                    model.remove(message);
                }
            } else {
                queue.remove(message);
                model.remove(message);
            }
            Comparator<OutgoingMessage> age =
                    Comparator.<OutgoingMessage>comparingLong(m -> m.birthNs).thenComparingLong(m -> m.arrival);
            Comparator<OutgoingMessage> shortest =
                    Comparator.comparingInt(OutgoingMessage::remaining).thenComparing(age);
            String where = "seed " + seed + " step " + step;
            assertThat(queue.size()).as(where).isEqualTo(model.size());
            assertThat(queue.best())
                    .as(where)
                    .isSameAs(model.stream().min(shortest).orElse(null));
            assertThat(queue.oldest())
                    .as(where)
                    .isSameAs(model.stream().min(age).orElse(null));
        }
    }
}
