package dev.remora.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CpuTimesTest {
    @Test
    void readsTheLineOfAllCores() {
        // user nice system idle iowait irq softirq steal guest guest_nice
        CpuTimes times = CpuTimes.parse(List.of("cpu  100 10 50 700 40 1 9 90 5 0", "cpu0 1 1 1 1 1 1 1 1 1 1"));

        assertThat(times).isEqualTo(new CpuTimes(170, 90, 1000));
        assertThat(times.stealPercent()).isEqualTo(9);
    }

    @Test
    void foreignLoadIsWhatTheMeasuredProcessesDidNotUse() {
        // 2 cores for 1 s are 200 ticks; 150 busy, of which 1.2 s are our own
        CpuTimes spent = new CpuTimes(150, 0, 200);

        assertThat(spent.foreignPercent(1_200_000_000L, 1_000_000_000L, 2)).isCloseTo(15, within(1e-9));
        assertThat(spent.foreignPercent(1_600_000_000L, 1_000_000_000L, 2)).isZero();
    }

    @Test
    void anotherFormatIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> CpuTimes.parse(List.of("intr 1 2 3")));
    }

    @Test
    void coreListsHaveRanges() {
        assertThat(Cores.parseList("0-2,5")).containsExactly(0, 1, 2, 5);
    }
}
