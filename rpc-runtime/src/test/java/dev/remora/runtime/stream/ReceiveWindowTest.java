package dev.remora.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiveWindowTest {
    private final MemoryBudget budget = new MemoryBudget(10_000);

    @Test
    void creditFollowsTheReader() {
        ReceiveWindow window = new ReceiveWindow(budget, 1000, 8000, 0);
        assertThat(window.tell()).isEqualTo(1000);
        window.consume(249);
        assertThat(window.isDue()).as("not each message is worth a request").isFalse();
        window.consume(1);
        assertThat(window.isDue()).isTrue();
        assertThat(window.tell()).isEqualTo(1250);
        assertThat(window.isDue()).isFalse();
    }

    @Test
    void itTakesNothingMoreOnceItIsClosed() {
        ReceiveWindow window = new ReceiveWindow(budget, 1000, 8000, 0);
        window.senderStopped();
        window.close();
        window.drained(10); // what had come in is read after the stream has ended
        assertThat(budget.used()).isZero();
    }

    @Test
    void itGrowsWhenTheSenderHadToStopAndTheReaderHadNot() {
        ReceiveWindow window = new ReceiveWindow(budget, 1000, 3000, 0);
        window.drained(10);
        assertThat(window.tell()).as("nobody had to stop").isEqualTo(1000);
        window.senderStopped();
        window.consume(1000);
        assertThat(window.tell()).as("the reader has more to read").isEqualTo(2000);
        window.drained(10);
        assertThat(window.tell()).isEqualTo(3000);
        window.senderStopped();
        window.drained(10);
        assertThat(window.tell()).as("at most the largest").isEqualTo(4000);
        assertThat(budget.used()).isEqualTo(2000);
        window.close();
        window.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void itHasRoomForTwoLargeMessages() {
        ReceiveWindow window = new ReceiveWindow(budget, 1000, 8000, 0);
        window.senderStopped();
        window.drained(3500);
        assertThat(window.tell()).isEqualTo(7000);
    }

    @Test
    void withoutBudgetItStaysAsItIs() {
        ReceiveWindow first = new ReceiveWindow(budget, 1000, 100_000, 0);
        for (int i = 0; i < 10; i++) {
            first.senderStopped();
            first.drained(1);
        }
        assertThat(first.tell()).isEqualTo(8000);
        ReceiveWindow second = new ReceiveWindow(budget, 4000, 100_000, 0);
        second.senderStopped();
        second.drained(1);
        assertThat(second.tell()).isEqualTo(4000);
        first.close();
        second.senderStopped();
        second.drained(1);
        assertThat(second.tell()).isEqualTo(8000);
    }

    @Test
    void creditIsNeverTakenBack() {
        ReceiveWindow window = new ReceiveWindow(budget, 1000, 1000, 65_536);
        assertThat(window.tell()).as("what the peer knew from the start").isEqualTo(65_536);
        assertThat(window.isDue()).isFalse();
        window.consume(65_536);
        assertThat(window.isDue()).isTrue();
        assertThat(window.tell()).isEqualTo(66_536);
    }
}
