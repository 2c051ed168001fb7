package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.Patience;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MessagePoolTest {
    private static final int LIMIT = 1 << 21;

    private final MessagePool pool = new MessagePool(LIMIT, 1 << 20);

    @Test
    void everySizeUpToTheLimitIsLentAndNoneBeyond() {
        for (int size : new int[] {0, 1, 255, 256, 257, 65_536, 65_537, LIMIT - 1, LIMIT}) {
            OutgoingMessage message = pool.lend(size);
            assertThat(message.size()).isEqualTo(size);
            assertThat(message.bytes().remaining()).isEqualTo(size);
            assertThat(message.bytes().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            message.release();
        }
        assertThatThrownBy(() -> pool.lend(LIMIT + 1))
                .isInstanceOf(TransportException.class)
                .hasMessageContaining(Integer.toString(LIMIT));
        assertThatThrownBy(() -> pool.lend(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void aMessageIsUsedAgainAndLooksLikeNew() {
        OutgoingMessage first = pool.lend(1000);
        first.bytes().order(ByteOrder.LITTLE_ENDIAN).position(17).limit(20);
        first.release();
        OutgoingMessage second = pool.lend(900);
        assertThat(second).isSameAs(first);
        ByteBuffer bytes = second.bytes();
        assertThat(bytes.position()).isZero();
        assertThat(bytes.limit()).isEqualTo(900);
        assertThat(bytes.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    }

    @Test
    void misuseIsNoticed() {
        OutgoingMessage released = pool.lend(10);
        released.release();
        assertThatThrownBy(released::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(released::bytes).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> OutgoingMessage.take(released)).isInstanceOf(IllegalStateException.class);
        OutgoingMessage taken = OutgoingMessage.take(pool.lend(10));
        assertThatThrownBy(taken::release).isInstanceOf(IllegalStateException.class);
        MessageBuffer foreign =
                Objects.requireNonNull(JoinedMessage.begin(new JoinMemory(JoinMemory.STEP_BYTES, 0), 10));
        assertThatThrownBy(() -> OutgoingMessage.take(foreign)).hasMessageContaining("allocate()");
        assertThat(pool.inUse()).isEqualTo(1);
    }

    @Test
    void whatIsKeptIsBounded() {
        List<OutgoingMessage> lent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lent.add(pool.lend(256 << 10));
        }
        lent.forEach(OutgoingMessage::release);
        IdentityHashMap<OutgoingMessage, Boolean> before = new IdentityHashMap<>();
        lent.forEach(message -> before.put(message, true));
        int again = 0;
        for (int i = 0; i < 20; i++) {
            again += before.containsKey(pool.lend(256 << 10)) ? 1 : 0;
        }
        assertThat(again).as("1 MiB of 256 KiB each").isEqualTo(4);
    }

    @Test
    void noMessageIsLentTwiceAtATime() {
        long seed = System.nanoTime();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int mark = t;
            SplittableRandom random = new SplittableRandom(seed + t);
            CompletableFuture<Void> done = new CompletableFuture<>();
            threads.add(done);
            Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 20_000; i++) {
                        OutgoingMessage message = pool.lend(8 + random.nextInt(600));
                        message.bytes().putLong(0, (long) mark << 32 | i);
                        if (random.nextInt(16) == 0) {
                            Thread.onSpinWait();
                        }
                        if (message.bytes().getLong(0) != ((long) mark << 32 | i)) {
                            throw new AssertionError("lent twice; seed " + seed);
                        }
                        message.release();
                    }
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
        }
        threads.forEach(done -> Patience.await(done, "a thread ends"));
        assertThat(pool.inUse()).isZero();
    }
}
