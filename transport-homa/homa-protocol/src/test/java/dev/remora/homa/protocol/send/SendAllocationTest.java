package dev.remora.homa.protocol.send;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SendAllocationTest {
    private static final int MESSAGES = 500;

    private final SendQueue queue = new SendQueue(MESSAGES);
    private final Pacer pacer = new Pacer(25_000, 99, Pacer.DEFAULT_MAX_BACKLOG_NS, 50_000, 50);
    private final OutgoingMessage[] pool = new OutgoingMessage[MESSAGES];
    private long now = 1;
    private long sentBytes;

    @Test
    void sendingAllocatesNothingOncePoolsAndHeapsHaveGrown() {
        for (int i = 0; i < MESSAGES; i++) {
            pool[i] = new OutgoingMessage();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        round();
        round();
        // The first call of the counter allocates a little itself.
        threads.getCurrentThreadAllocatedBytes();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 5; i++) {
            round();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(sentBytes).isPositive();
        assertThat(allocated).isLessThan(256);
    }

    /** Every message of the pool is sent whole, partly on grants, and some packets twice. */
    private void round() {
        for (int i = 0; i < MESSAGES; i++) {
            OutgoingMessage message = Objects.requireNonNull(pool[i]);
            message.reset(null, 0, 1 + i * 397 % 90_000, 40_000, 5, 1_424, now + i % 7);
            queue.add(message);
        }
        int finished = 0;
        while (finished < MESSAGES) {
            now = pacer.nextTransmitNs(now);
            boolean fifo = pacer.fifoTurn();
            OutgoingMessage message = Objects.requireNonNull(fifo ? queue.oldest() : queue.best());
            int bytes = message.unitBytes(message.next, 6);
            message.onSent(bytes);
            pacer.charge(bytes + 6 * 90, 6, now);
            pacer.onPaced(bytes, fifo);
            pacer.onQueuedBytes(bytes);
            message.retransmissions().onResend(message.next / 2, message.next, 7, now);
            while (message.retransmissions().poll(now)) {
                sentBytes += message.retransmissions().end()
                        - message.retransmissions().start();
            }
            sentBytes += bytes;
            queue.update(message);
            if (message.fullySent()) {
                finished++;
            } else if (!message.queued()) {
                message.onGrant(message.granted + 10_000, 2, 8);
                queue.add(message);
            }
        }
    }
}
