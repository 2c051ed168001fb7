package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Random operations on two pools, compared with a model that only counts. */
final class StressChecks {
    private static final long[] SEEDS = {1, 0x5eed, 0xc0ffee, 0xdeadbeefL};
    private static final int STEPS = 20_000;
    private static final int SIZE = 300;

    private StressChecks() {}

    static void addTo(Map<String, MemoryProgram.Check> checks) {
        for (long seed : SEEDS) {
            checks.put("random operations do as the model does, seed " + seed, eal -> {
                try {
                    new Run(eal, seed).all();
                } catch (Throwable e) {
                    throw new AssertionError("seed " + seed, e);
                }
            });
        }
    }

    /** A packet as the model knows it. */
    private static final class Packet {
        final long head;
        /** References of the program; those of native code. */
        int held;

        int nativelyHeld;
        final List<Long> segments = new ArrayList<>();
        /** Whether the packet's data is its own, to be compared. */
        boolean external;

        Packet(long head, int held, int nativelyHeld) {
            this.head = head;
            this.held = held;
            this.nativelyHeld = nativelyHeld;
            segments.add(head);
        }
    }

    private static final class Run {
        private final SplittableRandom random;
        private final MbufPool[] pools;
        private final MbufCache[] caches;
        private final ExternalMemory external;
        private final List<Packet> packets = new ArrayList<>();
        private final Map<Long, Packet> live = new HashMap<>();
        private final MbufArray array = new MbufArray(2 * SIZE);
        private long pattern;

        Run(Eal eal, long seed) {
            random = new SplittableRandom(seed);
            pools = new MbufPool[] {PoolChecks.pool(eal, SIZE, 48), PoolChecks.pool(eal, SIZE, 20)};
            caches = new MbufCache[] {pools[0].cache(), pools[1].cache()};
            external = pools[0].externalMemory(10_000);
        }

        void all() {
            for (int step = 0; step < STEPS; step++) {
                step();
                if (step % 64 == 0) {
                    compare();
                }
            }
            while (!packets.isEmpty()) {
                freeOne(packets.get(random.nextInt(packets.size())));
            }
            compare();
            for (MbufPool pool : pools) {
                assertThat(pool.available()).isEqualTo(SIZE);
                assertThat(pool.cache().allocate(array, SIZE)).isTrue();
                for (int i = 0; i < SIZE; i++) {
                    NativeMbufs.verify(array.get(i));
                    assertThat(Mbuf.tailroom(array.get(i))).isEqualTo(2_048);
                }
                pool.cache().free(array);
            }
            external.close();
            pools[0].close();
            pools[1].close();
        }

        private void step() {
            MbufCache cache = caches[random.nextInt(2)];
            Packet packet = packets.isEmpty() ? null : packets.get(random.nextInt(packets.size()));
            int kind = random.nextInt(100);
            if (packet == null || kind < 30) {
                allocate(cache);
            } else if (kind < 40) {
                allocateMany(cache, random.nextInt(120));
            } else if (kind < 70) {
                freeOne(packet);
            } else if (kind < 78) {
                freeMany();
            } else if (kind < 86) {
                append(cache, packet, packets.get(random.nextInt(packets.size())));
            } else if (kind < 91) {
                if (packet.held > 0) {
                    Mbuf.retain(packet.head);
                    packet.held++;
                }
            } else if (kind < 96) {
                send(packet);
            } else if (kind < 98) {
                attach(packet);
            } else {
                cache.flush();
            }
        }

        private void allocate(MbufCache cache) {
            long mbuf = cache.allocate();
            if (mbuf == 0) {
                assertThat(cache.cached()).isZero();
                return;
            }
            add(mbuf);
        }

        private void allocateMany(MbufCache cache, int count) {
            int available = cache.pool().available();
            boolean done = cache.allocate(array, count);
            // All caches of the pool are this one: what is available can be had.
            assertThat(done).isEqualTo(count <= available);
            assertThat(array.size()).isEqualTo(done ? count : 0);
            for (int i = 0; i < array.size(); i++) {
                add(array.get(i));
            }
            array.clear();
        }

        private void add(long mbuf) {
            NativeMbufs.verify(mbuf);
            assertThat(live).doesNotContainKey(mbuf);
            assertThat(Mbuf.next(mbuf)).isZero();
            Packet packet = new Packet(mbuf, 1, 0);
            live.put(mbuf, packet);
            packets.add(packet);
            Mbuf.length(mbuf, 16);
            Memory.putLong(Mbuf.dataAddress(mbuf), mbuf);
            Memory.putLong(Mbuf.dataAddress(mbuf) + 8, ~mbuf ^ pattern++);
        }

        /** The program's reference, or else one of the device's. */
        private void freeOne(Packet packet) {
            verify(packet);
            if (packet.held > 0) {
                packet.held--;
                caches[random.nextInt(2)].free(packet.head);
            } else {
                packet.nativelyHeld--;
                NativeMbufs.free(packet.head);
            }
            dropIfUnused(packet);
        }

        private void freeMany() {
            int count = random.nextInt(100);
            Set<Packet> chosen = new HashSet<>();
            for (int i = 0; i < count && !packets.isEmpty(); i++) {
                Packet packet = packets.get(random.nextInt(packets.size()));
                if (packet.held > 0) {
                    // One with several references may come again, when the model is ahead of it.
                    if (chosen.add(packet)) {
                        verify(packet);
                    }
                    array.add(packet.head);
                    packet.held--;
                    dropIfUnused(packet);
                }
            }
            caches[random.nextInt(2)].free(array);
            assertThat(array.size()).isZero();
        }

        private void append(MbufCache cache, Packet to, Packet what) {
            if (to.held == 0 || what.held == 0 || to.external || what.external) {
                return;
            }
            boolean possible = to != what
                    && to.held + to.nativelyHeld == 1
                    && what.held + what.nativelyHeld == 1
                    && to.segments.size() + what.segments.size() < 40;
            if (!possible) {
                if (to != what && to.held + to.nativelyHeld > 1) {
                    assertThatIllegalStateException().isThrownBy(() -> cache.append(to.head, what.head));
                }
                return;
            }
            cache.append(to.head, what.head);
            to.segments.addAll(what.segments);
            what.segments.clear();
            packets.remove(what);
            live.remove(what.head);
        }

        /** One reference of the program goes to a device, which frees it now or later. */
        private void send(Packet packet) {
            if (packet.held == 0) {
                assertThatIllegalStateException().isThrownBy(() -> Ownership.give(packet.head));
                return;
            }
            Ownership.give(packet.head);
            packet.held--;
            if (random.nextInt(4) == 0) {
                Ownership.take(packet.head);
                packet.held++;
            } else if (random.nextBoolean()) {
                NativeMbufs.free(packet.head);
                dropIfUnused(packet);
            } else {
                packet.nativelyHeld++;
            }
        }

        private void attach(Packet packet) {
            if (packet.held == 1 && packet.nativelyHeld == 0 && packet.segments.size() == 1 && !packet.external) {
                external.attach(packet.head, random.nextInt(9_000), 1 + random.nextInt(1_000));
                packet.external = true;
            }
        }

        private void dropIfUnused(Packet packet) {
            if (packet.held + packet.nativelyHeld == 0) {
                packets.remove(packet);
                live.remove(packet.head);
            }
        }

        private void verify(Packet packet) {
            assertThat(Mbuf.isHeld(packet.head)).isEqualTo(packet.held > 0);
            assertThat(Mbuf.references(packet.head)).isEqualTo(packet.held + packet.nativelyHeld);
            if (packet.external) {
                return;
            }
            NativeMbufs.verify(packet.head);
            long segment = packet.head;
            for (long expected : packet.segments) {
                assertThat(segment).isEqualTo(expected);
                assertThat(Memory.getLong(Mbuf.dataAddress(segment))).isEqualTo(expected);
                segment = Mbuf.next(segment);
            }
            assertThat(segment).isZero();
            assertThat(Mbuf.packetLength(packet.head)).isEqualTo(16 * packet.segments.size());
        }

        private void compare() {
            int segments =
                    packets.stream().mapToInt(each -> each.segments.size()).sum();
            assertThat(pools[0].inUse() + pools[1].inUse()).isEqualTo(segments);
            assertThat(external.attached()).isEqualTo((int)
                    packets.stream().filter(each -> each.external).count());
        }
    }
}
