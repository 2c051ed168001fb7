package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MessageQueueTest {
    private static final RpcException CANCELLED = new RpcException(StatusCode.CANCELLED, "given up");

    private final AtomicInteger requested = new AtomicInteger();
    private final MessageQueue<String> queue = new MessageQueue<>(requested::addAndGet, String::length);

    @Test
    void aReaderWhoLosesMessagesIsToldEvenAfterTheEnd() throws Exception {
        queue.offer("a");
        queue.offer("b");
        assertThat(queue.take()).isEqualTo("a");
        queue.end(null);
        queue.abandon(CANCELLED);
        assertThatThrownBy(queue::take).hasMessageContaining("CANCELLED: given up");
    }

    @Test
    void aReaderWhoHasReadAllSeesTheEnd() throws Exception {
        queue.offer("a");
        queue.end(null);
        assertThat(queue.take()).isEqualTo("a");
        queue.abandon(CANCELLED);
        assertThat(queue.take()).isNull();
    }

    @Test
    void theFirstFailureCounts() {
        queue.offer("a");
        queue.end(new RpcException(StatusCode.UNAVAILABLE, "peer died"));
        queue.abandon(CANCELLED);
        assertThatThrownBy(queue::take).hasMessageContaining("UNAVAILABLE: peer died");
    }

    @Test
    void manySmallMessagesAreHeldAheadAndRequestedInBatches() throws Exception {
        queue.open();
        assertThat(requested).as("nothing is known of their size").hasValue(1);
        queue.offer("small");
        assertThat(queue.take()).isEqualTo("small");
        assertThat(requested).hasValue(1 + MessageQueue.PREFETCH);
        for (int i = 0; i < MessageQueue.PREFETCH; i++) {
            queue.offer("m" + i);
        }
        for (int i = 0; i < MessageQueue.PREFETCH / 2 - 1; i++) {
            queue.take();
        }
        assertThat(requested).hasValue(1 + MessageQueue.PREFETCH);
        queue.take();
        assertThat(requested).hasValue(1 + MessageQueue.PREFETCH + MessageQueue.PREFETCH / 2);
    }

    @Test
    void largeMessagesAreHeldOneAtATime() throws Exception {
        String large = "x".repeat(MessageQueue.PREFETCH_BYTES + 1);
        queue.open();
        for (int i = 1; i <= 5; i++) {
            assertThat(requested).hasValue(i);
            queue.offer(large);
            assertThat(queue.take()).isEqualTo(large);
        }
    }

    @Test
    void aRequestMayBeAnsweredBeforeItReturns() throws Exception {
        AtomicReference<MessageQueue<String>> self = new AtomicReference<>();
        AtomicInteger next = new AtomicInteger();
        MessageQueue<String> atOnce = new MessageQueue<>(
                count -> {
                    for (int i = 0; i < count; i++) {
                        assertThat(self.get().offer("m" + next.getAndIncrement()))
                                .isTrue();
                    }
                },
                String::length);
        self.set(atOnce);
        atOnce.open();
        for (int i = 0; i < 100; i++) {
            assertThat(atOnce.take()).isEqualTo("m" + i);
        }
    }

    @Test
    void holdsNoMoreThanWasRequested() {
        for (int i = 0; i < MessageQueue.PREFETCH; i++) {
            assertThat(queue.offer("m")).isTrue();
        }
        assertThat(queue.offer("m")).isFalse();
    }
}
