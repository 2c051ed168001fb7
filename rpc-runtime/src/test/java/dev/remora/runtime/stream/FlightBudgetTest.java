package dev.remora.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FlightBudgetTest {
    private final FlightBudget budget = new FlightBudget(100);

    @Test
    void whoWaitsIsWokenInTurn() {
        List<String> woken = new ArrayList<>();
        budget.take(100);
        assertThat(budget.hasRoom()).isFalse();
        for (String name : List.of("a", "b", "c")) {
            budget.await(() -> {
                woken.add(name);
                budget.take(100);
            });
        }
        assertThat(woken).isEmpty();
        budget.giveBack(100);
        assertThat(woken).containsExactly("a");
        budget.giveBack(100);
        budget.giveBack(100);
        assertThat(woken).containsExactly("a", "b", "c");
    }

    @Test
    void whoComesWhenThereIsRoomRunsAtOnce() {
        AtomicInteger runs = new AtomicInteger();
        budget.await(runs::incrementAndGet);
        assertThat(runs).hasValue(1);
    }

    /** Each that is woken fails at once and gives back: that must not become a stack of them. */
    @Test
    void manyThatWakeOneAnotherDoNotPileUp() {
        AtomicInteger woken = new AtomicInteger();
        budget.take(100);
        for (int i = 0; i < 100_000; i++) {
            budget.await(() -> {
                woken.incrementAndGet();
                budget.take(100);
                budget.giveBack(100);
            });
        }
        budget.giveBack(100);
        assertThat(woken).hasValue(100_000);
    }
}
