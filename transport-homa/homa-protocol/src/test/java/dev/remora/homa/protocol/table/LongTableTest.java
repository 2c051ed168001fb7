package dev.remora.homa.protocol.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongTableTest {
    @Test
    void aFullTableRefusesNewKeysOnly() {
        LongTable<String> table = new LongTable<>(2, 1);
        assertThat(table.put(1, "a")).isTrue();
        assertThat(table.put(2, "b")).isTrue();
        assertThat(table.put(3, "c")).isFalse();
        assertThat(table.get(3)).isNull();
        assertThat(table.put(2, "B")).isTrue();
        assertThat(table.get(2)).isEqualTo("B");
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.remove(1)).isEqualTo("a");
        assertThat(table.remove(1)).isNull();
        assertThat(table.put(3, "c")).isTrue();
    }

    @Test
    void aSizeThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new LongTable<String>(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LongTable<String>(Integer.MAX_VALUE, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePlaceOfAKeyDependsOnTheSeed() {
        LongTable<String> one = new LongTable<>(1000, 1);
        LongTable<String> other = new LongTable<>(1000, 2);
        int same = 0;
        for (int i = 0; i < 1000; i++) {
            one.put(i, "x");
            other.put(i, "x");
        }
        for (int i = 0; i < one.capacity(); i++) {
            if (one.valueAt(i) != null && other.valueAt(i) != null && one.keyAt(i) == other.keyAt(i)) {
                same++;
            }
        }
        assertThat(same).isLessThan(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 41, 42, 43})
    void regularKeysAreSpread(long seed) {
        SeededHash hash = new SeededHash(seed);
        for (int shift : new int[] {0, 1, 8, 16, 32, 44}) {
            int[] buckets = new int[1024];
            for (long i = 0; i < 8192; i++) {
                buckets[hash.of(i << shift) & 1023]++;
            }
            assertEven(buckets, "one word, seed " + seed + " shift " + shift);
            buckets = new int[1024];
            for (long i = 0; i < 8192; i++) {
                buckets[hash.of(0, i << shift) & 1023]++;
            }
            assertEven(buckets, "two words, seed " + seed + " shift " + shift);
            for (int word = 0; word < 4; word++) {
                buckets = new int[1024];
                for (long i = 0; i < 8192; i++) {
                    long k = i << shift;
                    int h = hash.of(word == 0 ? k : 5, word == 1 ? k : 0, word == 2 ? k : 9, word == 3 ? k : 7000);
                    buckets[h & 1023]++;
                }
                assertEven(buckets, "word " + word + " of four, seed " + seed + " shift " + shift);
            }
        }
    }

    /** Eight per bucket on average; a random function practically never gives one more than 32. */
    private static void assertEven(int[] buckets, String what) {
        for (int n : buckets) {
            assertThat(n).as(what).isLessThan(32);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54, 55, 56, 57, 58})
    void agreesWithAMap(long seed) {
        Random random = new Random(seed);
        int max = random.nextInt(1, 200);
        LongTable<Integer> table = new LongTable<>(max, seed);
        Map<Long, Integer> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            String what = "seed " + seed + " step " + step;
            long key = random.nextInt(2 * max) * 0x100000001L - max;
            if (random.nextInt(5) < (step / 2000 % 2 == 0 ? 3 : 2)) {
                boolean fits = model.containsKey(key) || model.size() < max;
                assertThat(table.put(key, step)).as(what).isEqualTo(fits);
                if (fits) {
                    model.put(key, step);
                }
            } else {
                assertThat(table.remove(key)).as(what).isEqualTo(model.remove(key));
            }
            assertThat(table.size()).as(what).isEqualTo(model.size());
            if (step % 100 == 0) {
                for (long k = 0; k < 2 * max; k++) {
                    long all = k * 0x100000001L - max;
                    assertThat(table.get(all)).as(what).isEqualTo(model.get(all));
                }
            }
        }
        assertThat(content(table)).isEqualTo(model);
    }

    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63})
    void removingWhileWalkingPassesOverNone(long seed) {
        LongTable<Integer> table = new LongTable<>(300, seed);
        for (int i = 0; i < 300; i++) {
            table.put(i, i);
        }
        for (int slot = 0; slot < table.capacity(); slot++) {
            while (table.valueAt(slot) != null) {
                table.remove(table.keyAt(slot));
            }
        }
        assertThat(table.size()).as("seed %d", seed).isZero();
    }

    @Test
    void nothingIsAllocated() {
        LongTable<String> table = new LongTable<>(500, 7);
        assertThat(AllocatedBytes.afterWarmUp(() -> {
                    for (int i = 0; i < 500; i++) {
                        table.put(i, "x");
                    }
                    for (int i = 0; i < 500; i++) {
                        table.get(i);
                        table.remove(i);
                    }
                }))
                .isZero();
    }

    private static Map<Long, Integer> content(LongTable<Integer> table) {
        Map<Long, Integer> all = new HashMap<>();
        for (int i = 0; i < table.capacity(); i++) {
            Integer value = table.valueAt(i);
            if (value != null) {
                assertThat(all.put(table.keyAt(i), value)).isNull();
            }
        }
        return all;
    }
}
