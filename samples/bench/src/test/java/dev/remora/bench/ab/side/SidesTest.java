package dev.remora.bench.ab.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SidesTest {
    private static final SideHost HOST = new SideHost("remora-t-h0", "10.77.0.1", "eth0", 200, "");

    @Test
    void everyNameThatIsOfferedIsThere() {
        assertThat(Sides.DEFAULTS)
                .allSatisfy(name ->
                        assertThat(Sides.find(name).orElseThrow().name()).isEqualTo(name));
        assertThat(Sides.OFFLOADS)
                .allSatisfy(name ->
                        assertThat(Sides.find(name).orElseThrow().name()).isEqualTo(name));
        assertThat(Sides.known()).contains(Sides.DEFAULTS.getFirst(), Sides.OFFLOADS.getFirst());
    }

    @Test
    void poolsOfAnySize() {
        Side pool = Sides.find("remora-tcp-7").orElseThrow();
        assertThat(pool.connections()).isEqualTo(7);
        assertThat(pool.settings(HOST)).containsExactly(java.util.Map.entry("connections-per-peer", "7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "tcp", "remora-tcp-0", "remora-tcp-1", "remora-tcp-1025", "remora-tcp-x", "remora-homa-2"})
    void whatIsNotKnown(String name) {
        assertThat(Sides.find(name)).isEmpty();
    }

    @Test
    void homaIsToldTheRateOfItsLink() {
        Side homa = Sides.find("remora-homa").orElseThrow();
        assertThat(homa.settings(HOST)).containsEntry("link-mbps", "200").containsEntry("interface.name", "eth0");
        assertThat(homa.settings(new SideHost("", "127.0.0.1", "", 0, "/run/x")))
                .containsOnlyKeys("host.folder")
                .containsEntry("host.folder", "/run/x");
    }

    @Test
    void payloadsHaveTheirSizes() {
        assertThat(Payloads.of(0).size()).isZero();
        assertThat(Payloads.of(3_000_000).size()).isEqualTo(3_000_000);
        assertThatThrownBy(() -> Payloads.of(Payloads.MAX_BYTES + 1)).hasMessageContaining("16777216");
    }

    @Test
    void segmentsSentAgainAreReadByName() {
        assertThat(TcpSegments.parse(List.of("Ip: A", "Ip: 9", "Tcp: InSegs RetransSegs InErrs", "Tcp: 5 42 0")))
                .isEqualTo(42);
        assertThat(TcpSegments.parse(List.of("Tcp: InSegs", "Tcp: 5"))).isZero();
        assertThat(TcpSegments.parse(List.of())).isZero();
    }
}
