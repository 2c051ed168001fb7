package dev.remora.runtime.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttemptBudgetTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private static int withdrawals(AttemptBudget budget, int tries, long nowNs) {
        int got = 0;
        for (int i = 0; i < tries; i++) {
            got += budget.withdraw(nowNs) ? 1 : 0;
        }
        return got;
    }

    @Test
    void itBeginsFullAndEachCallAddsItsShare() {
        AttemptBudget budget = new AttemptBudget(0.2, 0, 10, 0);
        assertThat(withdrawals(budget, 100, 0)).isEqualTo(10);
        for (int i = 0; i < 24; i++) {
            budget.deposit();
        }
        assertThat(withdrawals(budget, 100, 0)).isEqualTo(4);
        budget.deposit();
        assertThat(withdrawals(budget, 100, 0)).as("four fifths were left over").isEqualTo(1);
    }

    @Test
    void itNeverHoldsMoreThanTheBurst() {
        AttemptBudget budget = new AttemptBudget(1, 1000, 3, 0);
        for (int i = 0; i < 100; i++) {
            budget.deposit();
        }
        assertThat(withdrawals(budget, 100, 50 * SECOND_NS)).isEqualTo(3);
    }

    @Test
    void timeAddsATrickleThatAskingOftenDoesNotLose() {
        AttemptBudget budget = new AttemptBudget(0, 2, 5, 0);
        assertThat(withdrawals(budget, 5, 0)).isEqualTo(5);
        int got = 0;
        for (int ms = 1; ms <= 3000; ms++) {
            got += budget.withdraw(ms * 1_000_000L) ? 1 : 0;
        }
        assertThat(got).isEqualTo(6);
    }

    @Test
    void aRefundIsATokenAgain() {
        AttemptBudget budget = new AttemptBudget(0, 0, 1, 0);
        assertThat(budget.withdraw(0)).isTrue();
        budget.refund();
        assertThat(budget.withdraw(0)).isTrue();
        assertThat(budget.withdraw(0)).isFalse();
    }
}
