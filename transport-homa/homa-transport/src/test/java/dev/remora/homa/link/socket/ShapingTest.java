package dev.remora.homa.link.socket;

import static dev.remora.homa.link.socket.Frames.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.Offload;
import dev.remora.homa.link.socket.Frames.Received;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our frames obey the rate that tc sets, and what it does not take is waited for, or lost and counted. */
class ShapingTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    private Namespaces namespaces;
    private InterfaceFacts here;
    private InterfaceFacts there;
    private PacketSocketQueue near;
    private PacketSocketQueue far;

    @BeforeEach
    void open() {
        namespaces = Namespaces.create();
        here = namespaces.first().facts();
        there = namespaces.second().facts();
        PacketSocketConfig config = PacketSocketConfig.of(here.name()).withBuffers(1 << 20, 256 << 10);
        near = namespaces.first().in(() -> PacketSocketQueue.open(config)).getFirst();
        far = namespaces
                .second()
                .in(() -> PacketSocketQueue.open(PacketSocketConfig.of(there.name())))
                .getFirst();
    }

    @AfterEach
    void close() {
        if (near != null) {
            near.close();
        }
        if (far != null) {
            far.close();
        }
        if (namespaces != null) {
            namespaces.close();
        }
    }

    private void shape(String rate, String limit) {
        Machine.Output output = Machine.run(List.of(
                "tc",
                "-n",
                here.name(),
                "qdisc",
                "add",
                "dev",
                here.name(),
                "root",
                "tbf",
                "rate",
                rate,
                "burst",
                "4kb",
                "limit",
                limit));
        if (output.status() != 0) {
            Machine.skip("tc cannot set a rate: " + output.text().strip());
        }
    }

    private byte[] frame(int number) {
        return ethernet(here, there, Frames.IPV4, Packets.homa(new Random(number), 1480));
    }

    @Test
    void aRateHoldsAndTheSenderIsWokenWhenThereIsRoom() {
        shape("100mbit", "10mb");
        int count = 500;
        List<byte[]> sent = new ArrayList<>();
        long before = System.nanoTime();
        for (int i = 0; i < count; i++) {
            byte[] frame = frame(i);
            sent.add(frame);
            while (!Frames.commit(near, frame, Offload.NONE, 0, 0)) {
                near.flush();
                if (near.pending() > 0) {
                    assertThat(near.await(true, LIMIT_NS)).isTrue();
                }
            }
        }
        assertThat(near.backlogBytes()).as("what waits in the kernel").isGreaterThan(100_000);
        while (near.pending() > 0) {
            near.flush();
            assertThat(near.pending() == 0 || near.await(true, LIMIT_NS)).isTrue();
        }
        assertThat(Frames.receive(far, count)).extracting(Received::bytes).containsExactlyElementsOf(sent);
        assertThat(near.backlogBytes()).isZero();
        // 500 x 1514 bytes take 60.6 ms; tc forgives the burst of 4 kB.
        assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(58));
        assertThat(near.counter(PacketSocketCounter.SEND_WAITS)).isPositive();
        assertThat(near.counter(PacketSocketCounter.SEND_DROPPED)).isZero();
        assertThat(near.counter(PacketSocketCounter.SENT_FRAMES)).isEqualTo(count);
    }

    @Test
    void whatAFullQueueThrowsAwayIsCountedAndNotSentAgain() {
        shape("8mbit", "6kb");
        int count = 32;
        for (int i = 0; i < count; i++) {
            assertThat(Frames.commit(near, frame(i), Offload.NONE, 0, 0)).isTrue();
        }
        near.flush();
        assertThat(near.pending()).isZero();
        long dropped = near.counter(PacketSocketCounter.SEND_DROPPED);
        long taken = near.counter(PacketSocketCounter.SENT_FRAMES);
        assertThat(dropped).isPositive();
        assertThat(taken).isPositive().isEqualTo(count - dropped);
        assertThat(Frames.receive(far, (int) taken)).hasSize((int) taken);
        assertThat(near.state()).isEqualTo(LinkState.UP);
    }
}
