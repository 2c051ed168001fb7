package dev.remora.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.spi.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultValuesTest {
    @Test
    void withReplacesOneValueInACopy() {
        DefaultValues defaults = DefaultValues.of(ServerSettings.ALL);
        DefaultValues changed = defaults.with(ServerSettings.MAX_CONCURRENT_CALLS, 3L);

        assertThat(changed.get(ServerSettings.MAX_CONCURRENT_CALLS)).isEqualTo(3);
        assertThat(changed.get(ServerSettings.ADDRESS)).isEqualTo("127.0.0.1:0");
        assertThat(defaults.get(ServerSettings.MAX_CONCURRENT_CALLS)).isEqualTo(1000);
        assertThat(changed.toString())
                .startsWith("{address='127.0.0.1:0', max-concurrent-calls=3, max-request-bytes=4MiB,"
                        + " max-response-bytes=4MiB, max-metadata-bytes=8KiB, drain-timeout=10s, ")
                .endsWith("}");
    }

    @Test
    void withRefusesWhatTheDeclarationDoes() {
        DefaultValues defaults = DefaultValues.of(ServerSettings.ALL);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.with(ServerSettings.MAX_CONCURRENT_CALLS, 0L))
                .withMessageContaining("max-concurrent-calls")
                .withMessageContaining("from 1 to 1000000");
    }

    @Test
    void aSettingMayBeGivenByItsName() {
        DefaultValues defaults = DefaultValues.of(ServerSettings.ALL);

        assertThat(defaults.with("max-concurrent-calls", 3L).get(ServerSettings.MAX_CONCURRENT_CALLS))
                .isEqualTo(3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.with("max-concurrent-calls", "three"))
                .withMessageContaining("setting max-concurrent-calls: three is not allowed; allowed: a whole number");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.with("max-calls", 3L))
                .withMessageContaining("setting max-calls is not one of [address, max-concurrent-calls");
    }

    @Test
    void settingsOfOthersAreRefused() {
        DefaultValues defaults = DefaultValues.of(ServerSettings.ALL);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> defaults.get(MetricsSettings.JMX))
                .withMessageContaining("jmx");
        assertThatIllegalArgumentException().isThrownBy(() -> defaults.with(MetricsSettings.JMX, true));
    }

    @Test
    void badDeclarationsAreFoundAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DefaultValues.of(List.of(Setting.number("n", 5, 6, 7, "", "Out of its range."))))
                .withMessageContaining("setting n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DefaultValues.of(List.of(MetricsSettings.JMX, MetricsSettings.JMX)))
                .withMessageContaining("twice");
    }
}
