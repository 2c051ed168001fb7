package dev.remora.homa.protocol.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcKeyTableTest {
    private record Key(long high, long low, long id, int ports) {}

    @Test
    void eachPartOfTheKeyCounts() {
        RpcKeyTable<String> table = new RpcKeyTable<>(10, 1);
        int ports = RpcKeyTable.ports(40_000, 4000);
        table.put(1, 2, 3, ports, "a");
        assertThat(table.get(1, 2, 3, ports)).isEqualTo("a");
        assertThat(table.get(9, 2, 3, ports)).isNull();
        assertThat(table.get(1, 9, 3, ports)).isNull();
        assertThat(table.get(1, 2, 9, ports)).isNull();
        assertThat(table.get(1, 2, 3, RpcKeyTable.ports(9, 4000))).isNull();
        assertThat(table.get(1, 2, 3, RpcKeyTable.ports(40_000, 9))).isNull();
    }

    @Test
    void anAcknowledgmentFindsTheRpcWithoutTheClientsPort() {
        RpcKeyTable<String> table = new RpcKeyTable<>(10, 1);
        table.put(1, 2, 3, RpcKeyTable.ports(65_535, 65_000), "a");
        table.put(1, 2, 3, RpcKeyTable.ports(0, 1), "b");
        assertThat(table.getIgnoringClientPort(1, 2, 3, 65_000)).isEqualTo("a");
        assertThat(table.getIgnoringClientPort(1, 2, 3, 1)).isEqualTo("b");
        assertThat(table.getIgnoringClientPort(1, 2, 3, 2)).isNull();
        assertThat(table.getIgnoringClientPort(1, 2, 5, 65_000)).isNull();
    }

    @Test
    void aFullTableRefusesNewKeysOnly() {
        RpcKeyTable<String> table = new RpcKeyTable<>(1, 1);
        assertThat(table.put(1, 2, 3, 4, "a")).isTrue();
        assertThat(table.put(1, 2, 3, 5, "b")).isFalse();
        assertThat(table.put(1, 2, 3, 4, "c")).isTrue();
        assertThat(table.remove(1, 2, 3, 5)).isNull();
        assertThat(table.remove(1, 2, 3, 4)).isEqualTo("c");
        assertThat(table.put(1, 2, 3, 5, "b")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {71, 72, 73, 74, 75, 76})
    void agreesWithAMap(long seed) {
        Random random = new Random(seed);
        int max = random.nextInt(1, 150);
        RpcKeyTable<Integer> table = new RpcKeyTable<>(max, seed);
        Map<Key, Integer> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            String what = "seed " + seed + " step " + step;
            Key key = new Key(
                    random.nextInt(2),
                    random.nextInt(2) - 1L,
                    random.nextInt(max),
                    RpcKeyTable.ports(65_534 + random.nextInt(2), random.nextInt(2) * 65_535));
            switch (random.nextInt(step / 2000 % 2 == 0 ? 4 : 6)) {
                case 0, 1 -> {
                    boolean fits = model.containsKey(key) || model.size() < max;
                    assertThat(table.put(key.high, key.low, key.id, key.ports, step))
                            .as(what)
                            .isEqualTo(fits);
                    if (fits) {
                        model.put(key, step);
                    }
                }
                case 2 -> {
                    Integer found = table.getIgnoringClientPort(key.high, key.low, key.id, key.ports & 0xffff);
                    Set<Integer> possible = ignoringClientPort(model, key);
                    assertThat(found == null ? possible.isEmpty() : possible.contains(found))
                            .as("%s: %s of %s", what, found, possible)
                            .isTrue();
                }
                default ->
                    assertThat(table.remove(key.high, key.low, key.id, key.ports))
                            .as(what)
                            .isEqualTo(model.remove(key));
            }
            assertThat(table.get(key.high, key.low, key.id, key.ports)).as(what).isEqualTo(model.get(key));
            assertThat(table.size()).as(what).isEqualTo(model.size());
        }
        model.forEach((key, value) ->
                assertThat(table.get(key.high, key.low, key.id, key.ports)).isEqualTo(value));
        Set<Integer> walked = new HashSet<>();
        for (int i = 0; i < table.capacity(); i++) {
            Integer value = table.valueAt(i);
            if (value != null) {
                walked.add(value);
            }
        }
        assertThat(walked).isEqualTo(new HashSet<>(model.values()));
    }

    private static Set<Integer> ignoringClientPort(Map<Key, Integer> model, Key key) {
        Set<Integer> all = new HashSet<>();
        model.forEach((k, value) -> {
            if (k.high == key.high && k.low == key.low && k.id == key.id && (short) k.ports == (short) key.ports) {
                all.add(value);
            }
        });
        return all;
    }

    @Test
    void nothingIsAllocated() {
        RpcKeyTable<String> table = new RpcKeyTable<>(500, 7);
        assertThat(AllocatedBytes.afterWarmUp(() -> {
                    for (int i = 0; i < 500; i++) {
                        table.put(1, i & 7, i, i * 17, "x");
                    }
                    for (int i = 0; i < 500; i++) {
                        table.getIgnoringClientPort(1, i & 7, i, i);
                        table.remove(1, i & 7, i, i * 17);
                    }
                }))
                .isZero();
        assertThat(table.size()).isZero();
    }
}
