package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JoinMemoryTest {
    private static final int STEP = JoinMemory.STEP_BYTES;

    private static byte[] lend(JoinMemory memory, int bytes) {
        return Objects.requireNonNull(memory.lend(bytes));
    }

    @Test
    void whatWasGivenBackIsLentAgainForAboutTheSameLength() {
        JoinMemory memory = new JoinMemory(100 * STEP, 100 * STEP);
        byte[] first = lend(memory, 20 * STEP - 5);
        assertThat(first).hasSize(20 * STEP);
        assertThat(lend(memory, 20 * STEP)).as("lent").isNotSameAs(first);
        memory.giveBack(first);
        assertThat(lend(memory, 19 * STEP)).as("shorter").isNotSameAs(first);
        assertThat(lend(memory, 20 * STEP - 100)).isSameAs(first);
        assertThat(memory.used()).isEqualTo(59 * STEP);
    }

    @Test
    void whatIsLentIsBounded() {
        JoinMemory memory = new JoinMemory(3 * STEP, 3 * STEP);
        byte[] first = lend(memory, 2 * STEP);
        assertThat(memory.lend(STEP + 1)).isNull();
        assertThat(memory.used()).isEqualTo(2 * STEP);
        memory.giveBack(first);
        assertThat(memory.used()).isZero();
        assertThat(lend(memory, 3 * STEP)).hasSize(3 * STEP);
    }

    @Test
    void whatIsKeptIsBoundedAndTheOldestGo() {
        JoinMemory memory = new JoinMemory(100 * STEP, 5 * STEP);
        byte[] tooLarge = lend(memory, 6 * STEP);
        List<byte[]> lent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            lent.add(lend(memory, STEP));
        }
        memory.giveBack(tooLarge);
        lent.forEach(memory::giveBack);
        assertThat(memory.used()).isZero();
        List<byte[]> again = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            again.add(lend(memory, STEP));
        }
        for (int i = 0; i < 5; i++) {
            assertThat(again.get(i)).as("%d", i).isSameAs(lent.get(5 - i));
        }
        lent.forEach(each -> assertThat(again.get(5)).isNotSameAs(each));
        assertThat(lend(memory, 6 * STEP)).isNotSameAs(tooLarge);
    }
}
