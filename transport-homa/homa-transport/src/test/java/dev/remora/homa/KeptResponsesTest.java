package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeptResponsesTest {
    private static final int TOTAL = 1_200_000;
    private static final int COUNT = Parts.count(TOTAL);

    private final MessagePool pool = new MessagePool(4 << 20, 0);
    private final KeptResponses kept = new KeptResponses(pool, 2 * TOTAL, 1_000);
    private final byte[] whole = new byte[TOTAL];

    KeptResponsesTest() {
        new Random(1).nextBytes(whole);
    }

    private KeptResponses.Entry keep() {
        OutgoingMessage message = pool.lend(TOTAL);
        message.bytes().put(whole);
        return Objects.requireNonNull(kept.keep(1, 2, OutgoingMessage.take(message), 0));
    }

    @Test
    void everyPartIsFetchedOnceAndThenItIsGone() {
        KeptResponses.Entry entry = keep();
        for (int i = 1; i < COUNT; i++) {
            int offset = i * Parts.BYTES;
            OutgoingMessage part = Objects.requireNonNull(kept.fetch(entry.token(), 1, 2, offset, 0));
            byte[] bytes = new byte[part.size()];
            part.memory().asByteBuffer().position(OutgoingMessage.HEADER_ROOM).get(bytes);
            assertThat(bytes).isEqualTo(java.util.Arrays.copyOfRange(whole, offset, offset + bytes.length));
            part.free();
            assertThat(kept.fetch(entry.token(), 1, 2, offset, 0)).as("twice").isNull();
        }
        assertThat(kept.size()).isZero();
        assertThat(pool.inUse()).as("the first part is still being sent").isEqualTo(1);
        kept.release(entry);
        assertThat(pool.inUse()).isZero();
        assertThat(kept.bytes()).isZero();
    }

    @Test
    void strangersAndUnsoundOffsetsGetNothing() {
        long token = keep().token();
        assertThat(kept.fetch(token, 1, 3, Parts.BYTES, 0)).isNull();
        assertThat(kept.fetch(token + 1, 1, 2, Parts.BYTES, 0)).isNull();
        for (int offset : new int[] {0, -1, 1, -Parts.BYTES, TOTAL, COUNT * Parts.BYTES, Integer.MAX_VALUE}) {
            assertThat(kept.fetch(token, 1, 2, offset, 0))
                    .as("offset %d", offset)
                    .isNull();
        }
        kept.discard(token, 1, 3);
        assertThat(kept.size()).isEqualTo(1);
        kept.discard(token, 1, 2);
        assertThat(kept.size()).isZero();
    }

    @Test
    void memoryIsBoundedAndComesBackWithTime() {
        KeptResponses.Entry first = keep();
        KeptResponses.Entry second = keep();
        kept.release(first);
        kept.release(second);
        OutgoingMessage third = OutgoingMessage.take(pool.lend(TOTAL));
        assertThat(kept.keep(1, 2, third, 0)).isNull();
        OutgoingMessage part = Objects.requireNonNull(kept.fetch(second.token(), 1, 2, Parts.BYTES, 900));
        part.free();
        assertThat(kept.expire(1_001)).isEqualTo(1);
        assertThat(kept.expire(1_901)).isEqualTo(1);
        assertThat(kept.bytes()).isZero();
        third.free();
        assertThat(pool.inUse()).isZero();
    }
}
