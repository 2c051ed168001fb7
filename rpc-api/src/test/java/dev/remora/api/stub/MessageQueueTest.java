package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import org.junit.jupiter.api.Test;

class MessageQueueTest {
    private static final RpcException CANCELLED = new RpcException(StatusCode.CANCELLED, "given up");

    private final MessageQueue<String> queue = new MessageQueue<>(count -> {});

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
    void holdsNoMoreThanWasRequested() {
        for (int i = 0; i < MessageQueue.PREFETCH; i++) {
            assertThat(queue.offer("m")).isTrue();
        }
        assertThat(queue.offer("m")).isFalse();
    }
}
