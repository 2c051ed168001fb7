package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AnswerTimeTest {
    private final AnswerTime time = new AnswerTime();

    @Test
    void fourOfFiveAnswersComeSooner() {
        SplittableRandom random = new SplittableRandom(42);
        double sum = 0;
        int counted = 10_000;
        for (int i = 0; i < 1_000 + counted; i++) {
            time.onSample(1 + random.nextInt(1_000_000));
            sum += i < 1_000 ? 0 : time.ns();
        }
        assertThat(sum / counted).isBetween(700_000.0, 850_000.0);
    }

    @Test
    void followsAPeerThatBecomesSlowAndThenFastAgain() {
        time.onSample(100_000);
        for (int i = 0; i < 40; i++) {
            time.onSample(120_000_000);
        }
        assertThat(time.ns()).isEqualTo(120_000_000);
        for (int i = 0; i < 120; i++) {
            time.onSample(100_000);
        }
        assertThat(time.ns()).isEqualTo(100_000);
    }

    @Test
    void fewSlowAnswersChangeLittle() {
        for (int i = 0; i < 1_000; i++) {
            time.onSample(i % 10 == 0 ? 1_000_000_000 : 100_000);
        }
        assertThat(time.ns()).isBetween(100_000L, 150_000L);
    }

    @Test
    void thereIsNoneBeforeAnAnswer() {
        time.onSample(0);
        time.onSample(-5);
        assertThat(time.ns()).isZero();
        time.onSample(7);
        assertThat(time.ns()).isEqualTo(7);
        time.reset();
        assertThat(time.ns()).isZero();
    }
}
