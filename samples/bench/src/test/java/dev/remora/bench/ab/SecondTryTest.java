package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecondTryTest {
    private final SecondTry tries = new SecondTry();

    /** @param steals percent, of each try */
    private double measure(Double... steals) throws Exception {
        Deque<Double> left = new ArrayDeque<>(List.of(steals));
        double used = tries.measure("w4", left::removeFirst, steal -> Validity.disturbances(steal, 0));
        assertThat(left).as("tries that were not needed").isEmpty();
        return used;
    }

    @Test
    void whatNobodyDisturbedIsMeasuredOnce() throws Exception {
        assertThat(measure(1.9)).isEqualTo(1.9);
        assertThat(tries.notes()).isEmpty();
    }

    @Test
    void whatOthersDisturbedIsMeasuredAgainAndTold() throws Exception {
        assertThat(measure(5.0, 0.5)).isEqualTo(0.5);
        assertThat(tries.notes()).singleElement().asString().contains("w4", "The hypervisor took 5.0 %");
    }

    @Test
    void thereIsNoThirdTry() throws Exception {
        assertThat(measure(5.0, 7.0)).isEqualTo(7.0);
        assertThat(tries.notes()).hasSize(1);
    }
}
