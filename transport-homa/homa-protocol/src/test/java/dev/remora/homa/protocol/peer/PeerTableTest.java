package dev.remora.homa.protocol.peer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.table.AllocatedBytes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTableTest {
    private static final long IDLE = 1000;

    @Test
    void anAddressIsOnePeer() {
        PeerTable table = new PeerTable(10, IDLE, 1);
        Peer a = meet(table, 1, 2, 0);
        Peer b = meet(table, 2, 1, 0);
        assertThat(a).isNotSameAs(b);
        assertThat(meet(table, 1, 2, 5)).isSameAs(a);
        assertThat(a.lastUsedNs).isEqualTo(5);
        assertThat(table.get(1, 2)).isSameAs(a);
        assertThat(table.get(1, 1)).isNull();
        assertThat(table.size()).isEqualTo(2);
        assertThat(a.addressHigh()).isEqualTo(1);
        assertThat(a.addressLow()).isEqualTo(2);
    }

    @Test
    void aFullTableForgetsTheOneUnusedForLongest() {
        PeerTable table = new PeerTable(3, IDLE, 1);
        meet(table, 0, 1, 10);
        meet(table, 0, 2, 20);
        meet(table, 0, 3, 30);
        meet(table, 0, 1, 40);
        meet(table, 0, 4, 50);
        assertThat(table.get(0, 2)).isNull();
        assertThat(table.get(0, 1)).isNotNull();
        assertThat(table.size()).isEqualTo(3);
        assertThat(table.evicted()).isEqualTo(1);
    }

    @Test
    void aTimeOfUseWrittenToThePeerCounts() {
        PeerTable table = new PeerTable(3, IDLE, 1);
        meet(table, 0, 1, 10).lastUsedNs = 100;
        meet(table, 0, 2, 20).lastUsedNs = 90;
        meet(table, 0, 3, 30).lastUsedNs = 110;
        meet(table, 0, 4, 120);
        assertThat(table.get(0, 2)).isNull();
        assertThat(table.get(0, 1)).isNotNull();
        assertThat(table.get(0, 3)).isNotNull();
    }

    @Test
    void aPeerWithRpcsStays() {
        PeerTable table = new PeerTable(2, IDLE, 1);
        Peer a = meet(table, 0, 1, 0);
        Peer b = meet(table, 0, 2, 1);
        a.liveRpcs = 1;
        meet(table, 0, 3, 2).liveRpcs = 1;
        assertThat(table.get(0, 1)).isSameAs(a);
        assertThat(table.get(0, 2)).isNull();
        assertThat(b.inTable).as("the peer's object is used again").isTrue();
        assertThat(table.getOrCreate(0, 4, 3)).as("full of peers with RPCs").isNull();
        assertThat(table.refused()).isEqualTo(1);
        assertThat(table.onTick(1_000_000)).isZero();
        a.liveRpcs = 0;
        assertThat(table.getOrCreate(0, 4, 1_000_001)).isSameAs(a);
    }

    @Test
    void idlePeersGoAFewAtATime() {
        PeerTable table = new PeerTable(100, IDLE, 1);
        for (int i = 0; i < 20; i++) {
            meet(table, 7, i, i);
        }
        assertThat(table.onTick(IDLE - 1)).isZero();
        assertThat(table.onTick(IDLE)).isEqualTo(1);
        assertThat(table.get(7, 0)).isNull();
        assertThat(table.onTick(IDLE + 10)).isEqualTo(5);
        assertThat(table.onTick(IDLE + 10)).isEqualTo(5);
        assertThat(table.onTick(IDLE + 10)).isZero();
        assertThat(table.size()).isEqualTo(9);
    }

    @Test
    void idlePeersBehindBusyOnesGoToo() {
        PeerTable table = new PeerTable(100, IDLE, 1);
        for (int i = 0; i < 50; i++) {
            meet(table, 7, i, i).liveRpcs = i < 40 ? 1 : 0;
        }
        int gone = 0;
        for (int i = 0; i < 20; i++) {
            gone += table.onTick(10 * IDLE);
        }
        assertThat(gone).isEqualTo(10);
        assertThat(table.size()).isEqualTo(40);
    }

    @Test
    void aPeerUsedSinceDoesNotHideTheIdleOnesBehindIt() {
        PeerTable table = new PeerTable(100, IDLE, 1);
        Peer used = meet(table, 7, 0, 0);
        meet(table, 7, 1, 1);
        meet(table, 7, 2, 2);
        used.lastUsedNs = 5 * IDLE;
        assertThat(table.onTick(5 * IDLE + 1)).isEqualTo(2);
        assertThat(table.get(7, 0)).isSameAs(used);
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void anEvictedPeerCannotBeTouched() {
        PeerTable table = new PeerTable(1, IDLE, 1);
        Peer a = meet(table, 0, 1, 0);
        table.onTick(IDLE);
        assertThatThrownBy(() -> table.touch(a, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEvictedPeerIsMetAsAStranger() {
        PeerTable table = new PeerTable(1, IDLE, 1);
        Peer a = meet(table, 0, 1, 0);
        a.cutoffVersion = 3;
        a.add(new AckList());
        table.onTick(IDLE);
        Peer again = meet(table, 0, 1, 2 * IDLE);
        assertThat(again.cutoffVersion).isZero();
        assertThat(again.ackLists()).isZero();
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> new PeerTable(0, IDLE, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PeerTable(5, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Up to 64 peers the search for the oldest covers the whole table, so that a model can foretell it. */
    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33, 34, 35, 36})
    void agreesWithAMap(long seed) {
        Random random = new Random(seed);
        int max = random.nextInt(1, 60);
        PeerTable table = new PeerTable(max, IDLE, seed);
        Map<Long, Peer> model = new HashMap<>();
        long now = -5000;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(1, 60);
            long address = random.nextInt(2 * max);
            String what = "seed " + seed + " step " + step;
            switch (random.nextInt(8)) {
                case 0 -> evictIdle(table, model, now, what);
                case 1 -> {
                    Peer peer = table.get(address, ~address);
                    if (peer != null) {
                        peer.liveRpcs = random.nextInt(2);
                        table.touch(peer, now);
                    }
                }
                default -> meetBoth(table, model, address, now, what);
            }
            assertThat(table.size()).as(what).isEqualTo(model.size());
            assertThat(table.get(address, ~address)).as(what).isSameAs(model.get(address));
        }
        Set<Peer> walked = new HashSet<>();
        for (int i = 0; i < table.capacity(); i++) {
            Peer peer = table.peerAt(i);
            if (peer != null) {
                walked.add(peer);
            }
        }
        assertThat(walked).isEqualTo(new HashSet<>(model.values()));
    }

    private static void evictIdle(PeerTable table, Map<Long, Peer> model, long now, String what) {
        int before = model.size();
        int gone = table.onTick(now);
        model.entrySet().removeIf(e -> {
            boolean idle = e.getValue().liveRpcs == 0 && now - e.getValue().lastUsedNs >= IDLE;
            boolean evicted = table.get(e.getKey(), ~e.getKey()) == null;
            assertThat(!evicted || idle).as("%s: only idle peers go", what).isTrue();
            return evicted;
        });
        assertThat(before - model.size()).as(what).isEqualTo(gone);
    }

    private static void meetBoth(PeerTable table, Map<Long, Peer> model, long address, long now, String what) {
        int sizeBefore = table.size();
        boolean known = model.containsKey(address);
        Peer oldest = null;
        for (Peer p : model.values()) {
            if (p.liveRpcs == 0 && (oldest == null || p.lastUsedNs < oldest.lastUsedNs)) {
                oldest = p;
            }
        }
        long evictedBefore = table.evicted();
        long oldestAddress = oldest == null ? -1 : oldest.addressHigh();
        Peer peer = table.getOrCreate(address, ~address, now);
        if (peer == null) {
            assertThat(oldest).as("%s: none could go", what).isNull();
            assertThat(known).as(what).isFalse();
            return;
        }
        if (table.evicted() > evictedBefore) {
            assertThat(known).as(what).isFalse();
            assertThat(table.get(oldestAddress, ~oldestAddress))
                    .as("%s: the oldest goes", what)
                    .isNull();
            model.remove(oldestAddress);
            assertThat(table.size()).as(what).isEqualTo(sizeBefore);
        }
        if (known) {
            assertThat(peer).as(what).isSameAs(model.get(address));
        }
        assertThat(peer.addressHigh()).as(what).isEqualTo(address);
        model.put(address, peer);
    }

    @Test
    void peersComeAndGoWithoutAllocation() {
        PeerTable table = new PeerTable(50, IDLE, 1);
        long[] now = {0};
        assertThat(AllocatedBytes.afterWarmUp(() -> {
                    for (int i = 0; i < 2000; i++) {
                        now[0] += 100;
                        table.getOrCreate(1, i % 120, now[0]);
                        table.onTick(now[0]);
                    }
                }))
                .isZero();
        assertThat(table.evicted()).isPositive();
    }

    private static Peer meet(PeerTable table, long high, long low, long now) {
        return requireNonNull(table.getOrCreate(high, low, now));
    }
}
