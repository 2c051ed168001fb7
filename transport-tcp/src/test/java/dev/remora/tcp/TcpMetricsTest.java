package dev.remora.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportMetric;
import dev.remora.spi.TransportMetric.Kind;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class TcpMetricsTest {
    private static Map<String, Long> values(TcpTransport transport) {
        Map<String, Long> values = new TreeMap<>();
        transport.metrics().forEach(m -> values.put(m.name(), m.value().getAsLong()));
        return values;
    }

    @Test
    void eachComponentOfTheStatsIsACounterOfItsOwn() throws ReflectiveOperationException {
        Counters counters = new Counters();
        long value = 0;
        for (RecordComponent each : TcpStats.class.getRecordComponents()) {
            LongAdder adder =
                    (LongAdder) Counters.class.getDeclaredField(each.getName()).get(counters);
            adder.add(++value);
        }
        Map<String, Long> counted = new TreeMap<>();
        TcpMetrics.of(counters).stream()
                .filter(m -> m.kind() == Kind.COUNTER)
                .forEach(m -> counted.put(m.name(), m.value().getAsLong()));

        Map<String, Long> expected = new TreeMap<>();
        for (RecordComponent each : TcpStats.class.getRecordComponents()) {
            expected.put(each.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), (Long)
                    each.getAccessor().invoke(counters.snapshot()));
        }
        assertThat(counted).isEqualTo(expected);
    }

    @Test
    void namesDifferAndEachHasAUnitAndAMeaning() {
        assertThat(TcpMetrics.of(new Counters()))
                .extracting(TransportMetric::name)
                .doesNotHaveDuplicates();
        assertThat(TcpMetrics.of(new Counters()))
                .allSatisfy(
                        m -> assertThat(Arrays.asList(m.unit(), m.meaning())).noneMatch(String::isBlank));
    }

    @Test
    void aCallIsSeenInThem() {
        TcpTransport transport = TcpTransport.builder().build();
        try (transport;
                ServerTransport server = transport.listen(new Endpoint("127.0.0.1", 0), Echo.INLINE);
                ClientTransport client = transport.connect(server.localAddress())) {
            assertThat(Answer.of(client, new byte[5]).bytes()).hasSize(5);

            assertThat(values(transport))
                    .containsEntry("connections-open", 2L)
                    .containsEntry("connections-opened", 2L)
                    .containsEntry("protocol-errors", 0L);
        }
        assertThat(values(transport))
                .containsEntry("connections-open", 0L)
                .containsEntry("connections-closed", 2L)
                .hasEntrySatisfying("bytes-sent", bytes -> assertThat(bytes).isGreaterThan(10));
    }
}
