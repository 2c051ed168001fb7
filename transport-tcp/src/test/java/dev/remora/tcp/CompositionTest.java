package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import dev.remora.spi.Setting;
import dev.remora.spi.TransportProvider;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** The ways to come by the transport. */
final class CompositionTest {
    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(TransportProvider.class))
                .extracting(TransportProvider::name)
                .contains("tcp");
    }

    @Test
    void guiceHasItByName() {
        Map<String, TransportProvider> bound =
                Guice.createInjector(new TcpModule()).getInstance(Key.get(new TypeLiteral<>() {}));
        assertThat(bound).containsOnlyKeys("tcp");
    }

    @Test
    void everySettingHasAUniqueNameAReasonAndADefaultWithinItsBounds() {
        assertThat(TcpSettings.ALL).extracting(Setting::name).doesNotHaveDuplicates();
        assertThat(TcpSettings.ALL).allSatisfy(s -> assertThat(s.reason()).isNotBlank());
        ChosenValues values = new ChosenValues();
        for (Setting<?> setting : TcpSettings.ALL) {
            if (values.get(setting) instanceof Long value) {
                assertThat(value.doubleValue()).as(setting.name()).isBetween(setting.min(), setting.max());
            }
        }
    }

    @Test
    void aBadValueIsNamed() {
        TcpTransport.Builder builder = TcpTransport.builder();
        assertThatThrownBy(() -> builder.set(TcpSettings.CONNECTIONS_PER_PEER, 0L))
                .hasMessageContaining("tcp.connections-per-peer = 0");
        assertThatThrownBy(() -> builder.set(TcpSettings.IO, "magic")).hasMessageContaining("tcp.io = magic");
    }
}
