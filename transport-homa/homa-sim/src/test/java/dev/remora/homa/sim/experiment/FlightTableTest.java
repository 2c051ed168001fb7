package dev.remora.homa.sim.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlightTableTest {
    private final FlightTable flights = new FlightTable();

    @Test
    void aFlightIsFoundByItsClientAndId() {
        int flight = flights.take(3, 500, 7, 99);
        flights.add(flight, 42);
        assertThat(flights.find(3, 42)).isEqualTo(flight);
        assertThat(flights.find(4, 42)).isNegative();
        assertThat(flights.find(3, 44)).isNegative();
        assertThat(flights.size(flight)).isEqualTo(500);
        assertThat(flights.decile(flight)).isEqualTo(7);
        assertThat(flights.startNs(flight)).isEqualTo(99);
    }

    @Test
    void onlyTheFirstDeliveryCounts() {
        int flight = flights.take(3, 500, 7, 99);
        flights.add(flight, 42);
        assertThat(flights.deliver(flight)).isTrue();
        assertThat(flights.deliver(flight)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesWithAMapThroughGrowthAndReuse(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> model = new HashMap<>();
        Map<Integer, long[]> byFlight = new HashMap<>();
        long id = random.nextLong() >>> 9 << 1;
        for (int i = 0; i < 120_000; i++) {
            if (byFlight.size() < 10 || random.nextInt(100) < (i < 60_000 ? 80 : 30)) {
                int client = random.nextInt(144);
                id += 2;
                int flight = flights.take(client, i, 0, i);
                flights.add(flight, id);
                assertThat(byFlight.put(flight, new long[] {client, id})).isNull();
                model.put(client + ":" + id, flight);
            } else {
                int flight = byFlight.keySet().iterator().next();
                long[] key = Objects.requireNonNull(byFlight.remove(flight));
                model.remove(key[0] + ":" + key[1]);
                flights.remove(flight);
                assertThat(flights.find((int) key[0], key[1]))
                        .as("seed %d", seed)
                        .isNegative();
            }
        }
        assertThat(flights.used()).isEqualTo(model.size());
        byFlight.forEach((flight, key) -> assertThat(flights.find((int) key[0], key[1]))
                .as("seed %d", seed)
                .isEqualTo(flight));
    }
}
