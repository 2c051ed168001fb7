package dev.remora.homa.protocol.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedUplinkTest {
    private static final long LIMIT_NS = 5_000;

    private final SharedUplink uplink = new SharedUplink(1_000);
    private final Pacer a = pacer();
    private final Pacer b = pacer();

    private Pacer pacer() {
        return new Pacer(10_000, 100, LIMIT_NS, 1 << 30, 50, uplink);
    }

    @Test
    void whatOneQueueIsGivenDelaysTheOther() {
        // 1226 bytes with 24 of overhead take 1 us.
        for (int i = 0; i < 6; i++) {
            assertThat(a.mayTransmit(1_000)).isTrue();
            a.charge(1_226, 1_000);
        }
        a.publish(1_000);
        assertThat(b.backlogNs(1_000)).isEqualTo(6_000);
        assertThat(b.mayTransmit(1_000)).isFalse();
        assertThat(b.nextTransmitNs(1_000)).isEqualTo(2_000);
        assertThat(b.mayTransmit(2_000)).isTrue();
        b.charge(1_226, 2_000);
        b.publish(2_000);
        assertThat(a.mayTransmit(2_000)).isFalse();
        assertThat(a.backlogNs(9_000)).isZero();
    }

    @Test
    void aFewPacketsAreToldTogetherAtTheEndOfABurst() {
        a.charge(1_226, 1_000);
        assertThat(a.backlogNs(1_000)).isEqualTo(1_000);
        assertThat(b.backlogNs(1_000)).as("not told yet").isZero();
        a.charge(1_226, 1_000);
        assertThat(b.backlogNs(1_000)).as("more than a quarter of the limit").isEqualTo(2_000);
        a.publish(1_000);
        assertThat(b.backlogNs(1_000)).isEqualTo(2_000);
    }

    @Test
    void partsOfNanosecondsAddUp() {
        Pacer fast = new Pacer(100_000, 100, LIMIT_NS, 1 << 30, 50, uplink);
        for (int i = 0; i < 1_000; i++) {
            // 8.08 ns each.
            fast.charge(77, 1_000);
        }
        fast.publish(1_000);
        assertThat(uplink.backlogNs(1_000)).isBetween(8_079L, 8_081L);
    }

    @Test
    void chargesOfSeveralThreadsAddUp() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    uplink.charge(3, 1_000);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(uplink.backlogNs(1_000)).isEqualTo(900_000);
    }
}
