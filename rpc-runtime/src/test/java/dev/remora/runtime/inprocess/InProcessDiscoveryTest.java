package dev.remora.runtime.inprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.TransportProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class InProcessDiscoveryTest {
    @Test
    void serviceLoaderFindsItOnTheClassPath() {
        assertThat(ServiceLoader.load(TransportProvider.class))
                .extracting(TransportProvider::name)
                .contains("in-process");
    }
}
