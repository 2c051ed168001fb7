package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AnswersUnderWayTest {
    private final AnswersUnderWay answers = new AnswersUnderWay();

    @Test
    void nothingIsWaitedForWhenAllHaveEnded() {
        answers.begins();
        answers.ends();
        assertThat(answers.await()).isZero();
    }

    @Test
    void theLastEndIsWaitedFor() throws InterruptedException {
        answers.begins();
        answers.begins();
        Thread ending = Thread.ofPlatform().start(() -> {
            answers.ends();
            answers.ends();
        });
        assertThat(answers.await()).isZero();
        ending.join();
    }

    @Test
    void anInterruptedThreadStaysInterrupted() {
        answers.begins();
        Thread.currentThread().interrupt();
        assertThat(answers.await()).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void clientsThatSayNothingAreNotWaitedForForEver() {
        answers.begins();
        answers.begins();
        answers.ends();
        assertThat(answers.await()).isEqualTo(1);
    }
}
