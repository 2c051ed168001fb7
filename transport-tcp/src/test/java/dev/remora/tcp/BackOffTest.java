package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackOffTest {
    @Test
    void pausesDoubleUpToTheLongestAndStartAnew() {
        BackOff backOff = new BackOff(100, 450, new SplittableRandom(1));
        assertThat(backOff.nextNs()).isBetween(50L, 100L);
        assertThat(backOff.nextNs()).isBetween(100L, 200L);
        assertThat(backOff.nextNs()).isBetween(200L, 400L);
        assertThat(backOff.nextNs()).isBetween(225L, 450L);
        assertThat(backOff.nextNs()).isBetween(225L, 450L);
        backOff.reset();
        assertThat(backOff.nextNs()).isBetween(50L, 100L);
    }
}
