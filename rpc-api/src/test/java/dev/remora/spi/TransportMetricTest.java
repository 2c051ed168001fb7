package dev.remora.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransportMetricTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"stalls", "bytes-sent", "engine.0.busy-rounds", "protocol.packets-sent-data", "level.63.bytes"})
    void namesAreWordsAndLevels(String name) {
        TransportMetric counter = TransportMetric.counter(name, "packets", "sent", () -> 7);

        assertThat(counter.name()).isEqualTo(name);
        assertThat(counter.kind()).isEqualTo(TransportMetric.Kind.COUNTER);
        assertThat(counter.value().getAsLong()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "a.", ".a", "a..b", "-a", "a-", "a--b", "0.a", "Bytes", "bytes_sent", "bytes sent", "é"
            })
    void otherNamesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransportMetric.gauge(name, "", "odd", () -> 0))
                .withMessageContaining("'" + name + "'")
                .withMessageContaining("engine.0.busy-rounds");
    }

    @Test
    void aNameHasABound() {
        String longest = "a".repeat(TransportMetric.MAX_NAME);

        assertThat(TransportMetric.gauge(longest, "", "long", () -> 0).name()).isEqualTo(longest);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransportMetric.gauge(longest + "a", "", "too long", () -> 0));
    }
}
