package dev.remora.runtime.guice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.spi.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisedAddressTest {
    @ParameterizedTest
    @CsvSource({
        "'',             10.0.0.1:7000,    10.0.0.1:7000",
        "photos-1,       0.0.0.0:7000,     photos-1:7000",
        "photos-1:80,    0.0.0.0:7000,     photos-1:80",
        "10.0.0.1,       [::]:7000,        10.0.0.1:7000",
        "2001:db8::1,    [::]:7000,        [2001:db8::1]:7000",
        "[2001:db8::1]:8, [::]:7000,       [2001:db8::1]:8",
        "'',             localhost:7000,   localhost:7000",
    })
    void isWhatClientsCanCall(String configured, String local, String advertised) {
        assertThat(AdvertisedAddress.of(configured, Endpoint.parse(local)).toString())
                .isEqualTo(advertised);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:7000", "[::]:7000"})
    void aWildcardIsNobodysAddress(String local) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdvertisedAddress.of("", Endpoint.parse(local)))
                .withMessageContaining("set remora.server.advertise");
    }

    @Test
    void nonsenseIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdvertisedAddress.of("host:port", Endpoint.parse("a:1")))
                .withMessageContaining("'port' is not a port");
    }
}
