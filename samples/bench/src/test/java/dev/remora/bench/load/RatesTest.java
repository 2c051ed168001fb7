package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatesTest {
    @Test
    void headersOfEachPacketCount() {
        assertThat(Rates.wireBytes(1)).isEqualTo(115);
        assertThat(Rates.wireBytes(1_424)).isEqualTo(1_538);
        assertThat(Rates.wireBytes(1_425)).isEqualTo(1_425 + 2 * 114);
        assertThat(Rates.wireBytes(1_000_000)).isEqualTo(1_000_000 + 703 * 114);
    }

    @Test
    void halfALinkOfFullPackets() {
        // 1 Gbit/s carries 81,274 frames of 1538 bytes a second, preamble and gap included
        SizeDistribution full = SizeDistribution.fixed(1_424);

        assertThat(Rates.callsPerSecond(full, 1, 1_000, 1)).isCloseTo(81_274, within(1.0));
        assertThat(Rates.callsPerSecond(full, 0.5, 1_000, 3)).isCloseTo(81_274 * 1.5, within(2.0));
        assertThat(Rates.load(full, 40_637, 1_000, 1)).isCloseTo(0.5, within(1e-4));
    }

    @Test
    void theMeanIsOverMessages() {
        SizeDistribution two = new SizeDistribution("two", new int[] {100, 2_000}, new double[] {0.75, 1});

        assertThat(Rates.meanWireBytes(two)).isCloseTo(0.75 * 214 + 0.25 * 2_228, within(1e-9));
    }

    @Test
    void refusesWhatIsNoLoad() {
        SizeDistribution any = SizeDistribution.fixed(10);
        assertThatIllegalArgumentException().isThrownBy(() -> Rates.callsPerSecond(any, 0, 1_000, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rates.callsPerSecond(any, 0.5, 0, 1))
                .withMessageContaining("give calls per second instead");
        assertThatIllegalArgumentException().isThrownBy(() -> Rates.callsPerSecond(any, Double.NaN, 1_000, 1));
    }
}
