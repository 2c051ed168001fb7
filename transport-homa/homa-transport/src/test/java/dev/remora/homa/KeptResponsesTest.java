package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeptResponsesTest {
    private static final int TOTAL = 1_200_000;
    private static final int COUNT = Parts.count(TOTAL);

    private final MessagePool pool = new MessagePool(4 << 20, 0);
    private final AnswersUnderWay underWay = new AnswersUnderWay();
    private final KeptResponses kept = new KeptResponses(2 * TOTAL, 1_000);
    private final byte[] whole = new byte[TOTAL];

    KeptResponsesTest() {
        new Random(1).nextBytes(whole);
    }

    private KeptResponses.Entry keep() {
        OutgoingMessage message = pool.lend(TOTAL);
        message.bytes().put(whole);
        return Objects.requireNonNull(kept.keep(underWay, 1, 2, 40_000, 8, OutgoingMessage.take(message), 0));
    }

    @Test
    void everyPartIsFetchedOnceAndThenItIsGone() {
        KeptResponses.Entry entry = keep();
        for (int i = 1; i < COUNT; i++) {
            int offset = i * Parts.BYTES;
            assertThat(kept.fetch(entry.token(), 1, 2, offset, 0)).isSameAs(entry);
            assertThat(kept.fetch(entry.token(), 1, 2, offset, 0)).as("twice").isNull();
        }
        assertThat(kept.size()).isZero();
        for (int i = 0; i < COUNT; i++) {
            assertThat(pool.inUse()).as("parts are still being sent").isEqualTo(1);
            assertThat(kept.bytes()).isEqualTo(TOTAL);
            kept.release(entry);
        }
        assertThat(pool.inUse()).isZero();
        assertThat(kept.bytes()).isZero();
    }

    @Test
    void aCancelledCallTakesItsAnswerAlong() {
        KeptResponses.Entry entry = keep();
        kept.discardAnswerTo(1, 2, 40_000, 10);
        kept.discardAnswerTo(1, 2, 40_001, 8);
        kept.discardAnswerTo(1, 3, 40_000, 8);
        assertThat(kept.size()).as("others").isEqualTo(1);
        kept.discardAnswerTo(1, 2, 40_000, 8);
        assertThat(kept.size()).isZero();
        kept.release(entry);
        assertThat(kept.bytes()).isZero();
        assertThat(pool.inUse()).isZero();
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
        assertThat(kept.keep(underWay, 1, 2, 40_000, 8, third, 0)).isNull();
        assertThat(kept.fetch(second.token(), 1, 2, Parts.BYTES, 900)).isSameAs(second);
        assertThat(kept.expire(1_001)).isEqualTo(1);
        assertThat(kept.expire(1_901)).isEqualTo(1);
        assertThat(kept.bytes()).as("a part is on its way out of it").isEqualTo(TOTAL);
        kept.release(second);
        assertThat(kept.bytes()).isZero();
        third.free();
        assertThat(pool.inUse()).isZero();
    }
}
