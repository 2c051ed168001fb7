package dev.remora.homa.protocol.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TombstonesTest {
    private static final long LIFE = 1000;

    private record Key(long high, long low, long id, int ports) {}

    @Test
    void anRpcIsRememberedForItsTime() {
        Tombstones stones = new Tombstones(10, LIFE, 1);
        stones.add(1, 2, 3, 4, 500);
        assertThat(stones.contains(1, 2, 3, 4, 500)).isTrue();
        assertThat(stones.contains(1, 2, 3, 4, 1499)).isTrue();
        assertThat(stones.contains(1, 2, 3, 4, 1500)).isFalse();
        assertThat(stones.contains(0, 2, 3, 4, 500)).isFalse();
        assertThat(stones.contains(1, 0, 3, 4, 500)).isFalse();
        assertThat(stones.contains(1, 2, 0, 4, 500)).isFalse();
        assertThat(stones.contains(1, 2, 3, 0, 500)).isFalse();
    }

    @Test
    void anRpcAddedAgainBeginsItsTimeAnew() {
        Tombstones stones = new Tombstones(10, LIFE, 1);
        stones.add(1, 2, 3, 4, 0);
        stones.add(1, 2, 3, 4, 900);
        stones.add(5, 5, 5, 5, 1100);
        assertThat(stones.contains(1, 2, 3, 4, 1899)).isTrue();
        assertThat(stones.contains(1, 2, 3, 4, 1900)).isFalse();
        assertThat(stones.size()).isEqualTo(2);
        assertThat(stones.evictedEarly()).isZero();
    }

    @Test
    void atTheBoundTheOldestGoesAndIsCounted() {
        Tombstones stones = new Tombstones(3, LIFE, 1);
        for (int id = 1; id <= 4; id++) {
            stones.add(0, 0, id, 0, id);
        }
        assertThat(stones.contains(0, 0, 1, 0, 5)).isFalse();
        assertThat(stones.contains(0, 0, 2, 0, 5)).isTrue();
        assertThat(stones.contains(0, 0, 4, 0, 5)).isTrue();
        assertThat(stones.evictedEarly()).isEqualTo(1);
        assertThat(stones.size()).isEqualTo(3);
    }

    @Test
    void anExpiredOneMakesRoomUncounted() {
        Tombstones stones = new Tombstones(2, LIFE, 1);
        stones.add(0, 0, 1, 0, 0);
        stones.add(0, 0, 2, 0, 0);
        stones.add(0, 0, 3, 0, LIFE);
        assertThat(stones.evictedEarly()).isZero();
        assertThat(stones.size()).isEqualTo(1);
    }

    @Test
    void timesMayBeNegativeAndWrapAround() {
        Tombstones stones = new Tombstones(2, LIFE, 1);
        stones.add(0, 0, 1, 0, -200);
        assertThat(stones.contains(0, 0, 1, 0, 799)).isTrue();
        assertThat(stones.contains(0, 0, 1, 0, 800)).isFalse();
        stones.add(0, 0, 2, 0, Long.MAX_VALUE - 10);
        assertThat(stones.contains(0, 0, 2, 0, Long.MIN_VALUE + 100)).isTrue();
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new Tombstones(0, LIFE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Tombstones(5, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84, 85, 86})
    void agreesWithAMapWithinTheBound(long seed) {
        Random random = new Random(seed);
        // At most one is added per 10 ns, so 1000 / 10 + 1 ring places are enough.
        Tombstones stones = new Tombstones(101, LIFE, seed);
        Map<Key, Long> model = new LinkedHashMap<>();
        long now = -20_000;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(10, 10 + (step / 1000 % 3) * 30 + 1);
            Key key = new Key(random.nextInt(2), random.nextInt(2), random.nextInt(50), random.nextInt(2) << 16);
            String what = "seed " + seed + " step " + step;
            Long added = model.get(key);
            assertThat(stones.contains(key.high, key.low, key.id, key.ports, now))
                    .as(what)
                    .isEqualTo(added != null && now - added < LIFE);
            if (random.nextInt(4) > 0) {
                stones.add(key.high, key.low, key.id, key.ports, now);
                model.put(key, now);
                assertThat(stones.contains(key.high, key.low, key.id, key.ports, now))
                        .as(what)
                        .isTrue();
            }
        }
        assertThat(stones.evictedEarly()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {91, 92, 93, 94})
    void beyondTheBoundTheLatestAreRemembered(long seed) {
        Random random = new Random(seed);
        int max = random.nextInt(1, 40);
        Tombstones stones = new Tombstones(max, Long.MAX_VALUE / 2, seed);
        long[] ids = new long[3000];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextLong();
            stones.add(0, 0, ids[i], 0, i);
            for (int back = 0; back <= i; back++) {
                assertThat(stones.contains(0, 0, ids[i - back], 0, i))
                        .as("seed %d, %d before number %d of at most %d", seed, back, i, max)
                        .isEqualTo(back < max);
                if (back > max) {
                    break;
                }
            }
        }
        assertThat(stones.evictedEarly()).isEqualTo(ids.length - max);
        assertThat(stones.size()).isEqualTo(max);
    }

    @Test
    void nothingIsAllocated() {
        Tombstones stones = new Tombstones(100, LIFE, 7);
        long[] now = {0};
        assertThat(AllocatedBytes.afterWarmUp(() -> {
                    for (int i = 0; i < 1000; i++) {
                        now[0] += 3;
                        stones.add(1, 2, i, 4, now[0]);
                        stones.contains(1, 2, i - 5, 4, now[0]);
                    }
                }))
                .isZero();
        assertThat(stones.evictedEarly()).isPositive();
    }
}
