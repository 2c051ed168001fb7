package dev.remora.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DpdkVersionTest {
    @ParameterizedTest
    @CsvSource({
        "DPDK 22.11.11, V22_11",
        "DPDK 22.11.0, V22_11",
        "DPDK 22.11, V22_11",
        "22.11.3, V22_11",
        "DPDK 23.11.3-rc1, V23_11",
        "DPDK 23.11.0-rc4, V23_11",
        "DPDK 24.11.1, V24_11",
        "Vendor DPDK 24.11.2, V24_11",
    })
    void isToldByYearAndMonth(String text, DpdkVersion version) {
        assertThat(DpdkVersion.of(text)).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "DPDK",
                "DPDK 25.11.0",
                "DPDK 22.07.0",
                "DPDK 122.11",
                "DPDK 22.110",
                "DPDK 22.1",
                "DPDK 21.22.11",
                "DPDK 25.11.22.11"
            })
    void othersAreUnknown(String text) {
        assertThat(DpdkVersion.of(text)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void findsItselfByItsRelease(DpdkVersion version) {
        assertThat(DpdkVersion.of(version.release())).isEqualTo(version);
        assertThat(DpdkVersion.of("DPDK " + version.release() + ".99")).isEqualTo(version);
    }
}
