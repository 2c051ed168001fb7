package dev.remora.homa.protocol.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckRingTest {
    private final AckRing ring = new AckRing(4);

    @Test
    void firstInFirstOutAndFullWhenItIsFull() {
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 4; i++) {
                assertThat(ring.add(round, i, 2 * i + 2, 4000 + i)).isTrue();
            }
            assertThat(ring.add(9, 9, 2, 9)).isFalse();
            for (int i = 0; i < 4; i++) {
                assertThat(ring.poll()).isTrue();
                assertThat(ring.peerHigh()).isEqualTo(round);
                assertThat(ring.peerLow()).isEqualTo(i);
                assertThat(ring.clientId()).isEqualTo(2 * i + 2);
                assertThat(ring.serverPort()).isEqualTo(4000 + i);
            }
            assertThat(ring.poll()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 6})
    void capacitiesThatAreNoPowerOfTwoAreRefused(int capacity) {
        assertThatThrownBy(() -> new AckRing(capacity)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void severalThreadsAddAndNothingIsLostOrTorn() throws InterruptedException {
        int writers = 3;
        int each = 100_000;
        AckRing shared = new AckRing(64);
        AtomicInteger running = new AtomicInteger(writers);
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            long writer = w;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; ) {
                    if (shared.add(writer, i, writer << 32 | i, i & 0xffff)) {
                        i++;
                    } else {
                        Thread.onSpinWait();
                    }
                }
                running.decrementAndGet();
            }));
        }
        long[] next = new long[writers];
        while (true) {
            boolean last = running.get() == 0;
            if (shared.poll()) {
                int writer = (int) shared.peerHigh();
                assertThat(shared.peerLow()).as("writer %d", writer).isEqualTo(next[writer]);
                assertThat(shared.clientId()).isEqualTo((long) writer << 32 | next[writer]);
                assertThat(shared.serverPort()).isEqualTo((int) next[writer] & 0xffff);
                next[writer]++;
            } else if (last) {
                break;
            } else {
                Thread.onSpinWait();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(next).containsOnly(each);
    }
}
