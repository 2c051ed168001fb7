package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.device.RingDevice;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Everything that a loop inside the process can show about ports and queues; ends with 0 if all of it holds. */
public final class RingProgram {
    private static final int SEED = 4;

    private final Eal eal;
    private final MbufPool pool;
    private final MbufCache cache;

    private RingProgram(Eal eal) {
        this.eal = eal;
        pool = eal.createPool(PoolConfig.of("ring-pool", 8_191));
        cache = pool.cache();
    }

    public static void main(String[] args) throws Exception {
        EalConfig config = EalConfig.builder()
                .memoryMb(128)
                .hugepages(HugepagePolicy.NONE)
                .device(RingDevice.loop())
                .device(NullDevice.source(64))
                .build();
        try (Eal eal = Eal.start(config)) {
            RingProgram program = new RingProgram(eal);
            program.aPortBeforeItIsConfigured();
            program.capabilities();
            program.configurationErrors();
            program.whatIsSentIsReceived();
            program.severalQueues();
            program.framesThatCannotBeSent();
            program.mbufsThatAreNotTheCallers();
            program.aFullQueueLeavesTheRest();
            program.threads();
            program.noAllocation();
            program.statistics();
            program.theNullDeviceGivesPackets();
            program.stopAndClose();
        }
        System.out.println("all holds");
    }

    private void aPortBeforeItIsConfigured() {
        Port port = eal.port("net_ring0");
        assertThatThrownBy(port::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("net_ring0 is not configured: configure() it first");
        assertThatThrownBy(() -> port.rxQueue(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Port.open(31, RingDevice.loop()))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("no port 31");
        assertThat(port.isStarted()).isFalse();
        port.stop();
    }

    private void configurationErrors() {
        Port port = eal.port("net_ring0");
        assertThatThrownBy(() -> port.configure(
                        PortConfig.builder()
                                .txOffloads(Set.of(TxOffload.TCP_TSO))
                                .build(),
                        pool))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("net_ring0 does not offer transmit [TCP_TSO]")
                .hasMessageContaining("MULTI_SEGS")
                .hasMessageContaining("wantTx");
        assertThatThrownBy(() -> port.configure(
                        PortConfig.builder()
                                .rxOffloads(Set.of(RxOffload.TCP_LRO))
                                .build(),
                        pool))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("receive [TCP_LRO]");
        assertThatThrownBy(() -> port.configure(PortConfig.builder().queues(200).build(), pool))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("has 16 receive queues, 200 are asked for");
        assertThatThrownBy(() -> port.configure(
                        PortConfig.builder().rss(RssConfig.of(RssHash.IPV4_TCP)).build(), pool))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("does not offer RSS [IPV4_TCP]");
        // A port that could not be configured must not start as it was configured before.
        assertThatThrownBy(port::start).isInstanceOf(IllegalStateException.class);
    }

    private void capabilities() {
        PortCapabilities ring = eal.port("net_ring0").capabilities();
        System.out.println(ring);
        assertThat(ring.driver()).isEqualTo("net_ring");
        assertThat(ring.maxRxQueues()).isEqualTo(16);
        assertThat(ring.maxTxQueues()).isEqualTo(16);
        assertThat(ring.txOffloads()).contains(TxOffload.MULTI_SEGS);
        assertThat(ring.rssHashes()).isEmpty();
        assertThat(ring.redirectionTableSize()).isZero();
        PortCapabilities none = eal.port("net_null0").capabilities();
        System.out.println(none);
        assertThat(none.driver()).isEqualTo("net_null");
        assertThat(none.redirectionTableSize()).isEqualTo(128);
        assertThat(none.hashKeyBytes()).isZero();
        assertThat(none.rssHashes()).contains(RssHash.IPV4_TCP, RssHash.IPV6_TCP);
    }

    private void whatIsSentIsReceived() {
        Port port = start(PortConfig.builder()
                .wantTx(TxOffload.MULTI_SEGS, TxOffload.TCP_TSO)
                .wantRx(RxOffload.RSS_HASH)
                .rxDescriptors(512)
                .build());
        assertThat(port.txOffloads()).containsExactly(TxOffload.MULTI_SEGS);
        assertThat(port.rxOffloads()).isEmpty();
        assertThat(port.rxDescriptors()).isEqualTo(512);
        assertThat(port.link().up()).isTrue();
        assertThat(port.link().fullDuplex()).isTrue();
        assertThat(port.macAddress()).hasSize(6);
        assertThat(port.mtu()).isEqualTo(1_500);
        Random random = new Random(SEED);
        MbufArray array = new MbufArray(32);
        MbufArray back = new MbufArray(32);
        for (int round = 0; round < 300; round++) {
            int count = 1 + random.nextInt(32);
            byte[][] frames = new byte[count][];
            assertThat(cache.allocate(array, count)).isTrue();
            for (int i = 0; i < count; i++) {
                frames[i] = new byte[60 + random.nextInt(1_440)];
                random.nextBytes(frames[i]);
                fill(array.get(i), frames[i]);
            }
            assertThat(port.txQueue(0).send(array)).isEqualTo(count);
            assertThat(array.size()).isZero();
            assertThat(port.rxQueue(0).receive(back)).isEqualTo(count);
            for (int i = 0; i < count; i++) {
                assertThat(data(back.get(i))).as("seed %d", SEED).isEqualTo(frames[i]);
                assertThat(Mbuf.isHeld(back.get(i))).isTrue();
            }
            cache.free(back);
        }
        chain(port);
        assertThat(port.rxQueue(0).receive(back)).isZero();
        assertThat(port.txQueue(0).send(array)).isZero();
        assertThat(pool.inUse()).isZero();
    }

    private void chain(Port port) {
        long head = cache.allocate();
        fill(head, new byte[700]);
        long second = cache.allocate();
        fill(second, new byte[701]);
        cache.append(head, second);
        MbufArray array = new MbufArray(4);
        array.add(head);
        assertThat(port.txQueue(0).send(array)).isEqualTo(1);
        assertThat(Mbuf.isHeld(head)).isFalse();
        assertThat(port.rxQueue(0).receive(array)).isEqualTo(1);
        assertThat(Mbuf.segments(array.get(0))).isEqualTo(2);
        assertThat(Mbuf.packetLength(array.get(0))).isEqualTo(1_401);
        assertThatThrownBy(() -> cache.free(Mbuf.next(array.get(0))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not the caller's");
        cache.free(array);
    }

    private void severalQueues() {
        eal.port("net_ring0").stop();
        Port port = start(PortConfig.builder().queues(4).build());
        assertThat(port.rxQueueCount()).isEqualTo(4);
        MbufArray array = new MbufArray(8);
        for (int queue = 0; queue < 4; queue++) {
            assertThat(port.txQueue(queue).index()).isEqualTo(queue);
            one(array, 100 + queue);
            assertThat(port.txQueue(queue).send(array)).isEqualTo(1);
        }
        for (int queue = 3; queue >= 0; queue--) {
            assertThat(port.rxQueue(queue).receive(array)).isEqualTo(1);
            assertThat(Mbuf.packetLength(array.get(0))).isEqualTo(100 + queue);
            cache.free(array);
        }
        assertThatThrownBy(() -> port.rxQueue(4))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("has 4 receive queues, there is no queue 4");
        assertThatThrownBy(() -> port.configure(PortConfig.builder().build(), pool))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stop() it before");
    }

    private void framesThatCannotBeSent() {
        eal.port("net_ring0").stop();
        Port port = start(PortConfig.builder().build());
        TxQueue queue = port.txQueue(0);
        assertThat(queue.maxFrameBytes()).isEqualTo(1_514);
        MbufArray array = new MbufArray(8);
        one(array, 1_514);
        one(array, 1_515);
        long bad = array.get(1);
        assertThatThrownBy(() -> queue.send(array))
                .isInstanceOfSatisfying(
                        FrameRefusedException.class, e -> assertThat(e.index()).isEqualTo(1))
                .hasMessageContaining("frame 1 of the burst has 1515 bytes, the port sends at most 1514")
                .hasMessageContaining("raise the MTU");
        assertThat(array.size()).isEqualTo(2);
        assertThat(Mbuf.isHeld(array.get(0))).isTrue();
        assertThat(Mbuf.isHeld(bad)).isTrue();
        assertThat(port.rxQueue(0).receive(new MbufArray(4))).isZero();
        Mbuf.requestTso(bad, 14, 20, 20, 1_000, true);
        assertThat(queue.send(array))
                .as("a frame that is to be cut may be longer")
                .isEqualTo(2);
        assertThat(port.rxQueue(0).receive(array)).isEqualTo(2);
        cache.free(array);

        long head = cache.allocate();
        fill(head, new byte[70]);
        long second = cache.allocate();
        fill(second, new byte[70]);
        cache.append(head, second);
        array.add(head);
        assertThatThrownBy(() -> queue.send(array))
                .isInstanceOf(FrameRefusedException.class)
                .hasMessageContaining("has 2 segments, the port sends at most 1")
                .hasMessageContaining("ask for TxOffload.MULTI_SEGS");
        assertThat(array.size()).isEqualTo(1);
        cache.free(array);
        assertThat(pool.inUse()).isZero();
    }

    private void mbufsThatAreNotTheCallers() {
        Port port = eal.port("net_ring0");
        TxQueue queue = port.txQueue(0);
        MbufArray array = new MbufArray(8);
        one(array, 64);
        one(array, 64);
        long first = array.get(0);
        long freed = array.get(1);
        cache.free(freed);
        assertThatThrownBy(() -> queue.send(array))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Long.toHexString(freed));
        assertThat(array.size()).isEqualTo(2);
        assertThat(Mbuf.isHeld(first)).as("nothing was sent").isTrue();
        array.set(1, first);
        assertThatThrownBy(() -> queue.send(array)).as("the same twice").isInstanceOf(IllegalStateException.class);
        assertThat(Mbuf.isHeld(first)).isTrue();
        array.set(1, 0);
        assertThatThrownBy(() -> queue.send(array))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("entry 1");
        array.size(1);
        Mbuf.retain(first);
        assertThat(queue.send(array)).isEqualTo(1);
        assertThat(Mbuf.isHeld(first)).as("the reference that was kept").isTrue();
        assertThat(port.rxQueue(0).receive(array)).isEqualTo(1);
        cache.free(array);
        cache.free(first);
        assertThatThrownBy(() -> cache.free(first)).isInstanceOf(IllegalStateException.class);
        assertThat(pool.inUse()).isZero();
    }

    private void aFullQueueLeavesTheRest() {
        Port port = eal.port("net_ring0");
        MbufArray array = new MbufArray(100);
        int sent = 0;
        int accepted = 100;
        while (accepted == 100) {
            assertThat(cache.allocate(array, 100)).isTrue();
            for (int i = 0; i < 100; i++) {
                Mbuf.length(array.get(i), 64);
            }
            accepted = port.txQueue(0).send(array);
            sent += accepted;
        }
        assertThat(array.size()).isEqualTo(100 - accepted);
        for (int i = 0; i < array.size(); i++) {
            assertThat(Mbuf.isHeld(array.get(i))).isTrue();
        }
        cache.free(array);
        assertThat(pool.inUse()).isEqualTo(sent);
        int received = 0;
        while (port.rxQueue(0).receive(array) > 0) {
            received += array.size();
            cache.free(array);
        }
        assertThat(received).isEqualTo(sent);
        assertThat(pool.inUse()).isZero();
    }

    private void threads() throws InterruptedException {
        Port port = eal.port("net_ring0");
        RxQueue queue = port.rxQueue(0);
        MbufArray array = new MbufArray(8);
        queue.receive(array);
        assertThat(queue.owner()).isSameAs(Thread.currentThread());
        Throwable[] thrown = new Throwable[2];
        CountDownLatch owned = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread other = new Thread(
                () -> {
                    MbufArray own = new MbufArray(8);
                    thrown[0] = caught(() -> queue.receive(own));
                    thrown[1] = caught(queue::release);
                    owned.countDown();
                },
                "other");
        other.start();
        other.join();
        assertThat(thrown[0])
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("rx queue 0 of port net_ring0 belongs to thread main; thread other cannot use it:"
                        + " release() it there first");
        assertThat(thrown[1]).isInstanceOf(IllegalStateException.class);

        queue.release();
        assertThat(queue.owner()).isNull();
        CountDownLatch has = new CountDownLatch(1);
        Thread next = new Thread(
                () -> {
                    queue.receive(new MbufArray(8));
                    has.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                "next");
        next.start();
        has.await();
        assertThatThrownBy(() -> queue.receive(array))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to thread next");
        assertThatThrownBy(port::stop)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot stop: rx queue 0 of port net_ring0 belongs to thread next");
        assertThatThrownBy(port::close).isInstanceOf(IllegalStateException.class);
        assertThat(port.isStarted()).isTrue();
        one(array, 64);
        assertThat(port.txQueue(0).send(array))
                .as("a refused stop changes nothing")
                .isEqualTo(1);
        end.countDown();
        next.join();
        assertThat(queue.receive(array)).as("the queue of a thread that ended").isEqualTo(1);
        cache.free(array);
    }

    private void noAllocation() {
        Port port = eal.port("net_ring0");
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        MbufArray array = new MbufArray(32);
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        rounds(rx, tx, array, 20_000);
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = bean.getCurrentThreadAllocatedBytes();
            rounds(rx, tx, array, 10_000);
            least = Math.min(least, bean.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes allocated in 10,000 bursts each way").isLessThan(1_000);
    }

    private void rounds(RxQueue rx, TxQueue tx, MbufArray array, int count) {
        for (int i = 0; i < count; i++) {
            if (!cache.allocate(array, 4)) {
                throw new IllegalStateException("pool is empty");
            }
            for (int k = 0; k < 4; k++) {
                Mbuf.length(array.get(k), 64);
            }
            tx.send(array);
            rx.receive(array);
            cache.free(array);
        }
    }

    private void statistics() {
        Port port = eal.port("net_ring0");
        port.resetStatistics();
        assertThat(port.statistics().rxPackets()).isZero();
        MbufArray array = new MbufArray(8);
        for (int i = 0; i < 5; i++) {
            one(array, 200);
        }
        port.txQueue(0).send(array);
        port.rxQueue(0).receive(array);
        cache.free(array);
        assertThat(port.statistics().txPackets()).isEqualTo(5);
        assertThat(port.statistics().rxPackets()).isEqualTo(5);
        System.out.println(port.extendedStatistics());
        assertThat(port.extendedStatistics())
                .containsEntry("rx_good_packets", 5L)
                .containsEntry("tx_good_packets", 5L);
        port.promiscuous(false);
        assertThat(port.promiscuous()).isFalse();
        port.promiscuous(true);
        assertThat(port.promiscuous()).isTrue();
    }

    private void theNullDeviceGivesPackets() {
        Port port = eal.port("net_null0");
        port.configure(
                PortConfig.builder()
                        .mtu(2_000)
                        .rss(RssConfig.of(RssHash.IPV4_TCP).withKey(Toeplitz.microsoftKey()))
                        .queues(2)
                        .build(),
                pool);
        port.start();
        assertThat(port.mtu()).isEqualTo(2_000);
        assertThat(port.txQueue(1).maxFrameBytes()).isEqualTo(2_014);
        System.out.println(port.rss());
        int[] table = new int[128];
        for (int i = 0; i < table.length; i++) {
            table[i] = i % 2;
        }
        port.redirectionTable(table);
        assertThat(port.redirectionTable()).isEqualTo(table);
        assertThatThrownBy(() -> port.redirectionTable(new int[3]))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("give one of 128");
        table[5] = 2;
        assertThatThrownBy(() -> port.redirectionTable(table))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("entry 5 of the table names queue 2, there are 2");
        port.rss(RssConfig.of(RssHash.IPV6_TCP).withKey(new byte[40]));
        assertThat(port.rss().hashes()).containsExactly(RssHash.IPV6_TCP);
        assertThat(port.rss().key())
                .as("a driver that does not say how long keys are")
                .isNull();
        MbufArray array = new MbufArray(32);
        assertThat(port.rxQueue(0).receive(array)).isEqualTo(32);
        assertThat(Mbuf.packetLength(array.get(31))).isEqualTo(64);
        assertThat(port.txQueue(1).send(array)).isEqualTo(32);
        assertThat(pool.inUse()).as("what was sent into nothing is freed").isZero();
        port.close();
    }

    private void stopAndClose() {
        Port port = eal.port("net_ring0");
        RxQueue rx = port.rxQueue(0);
        TxQueue tx = port.txQueue(0);
        MbufArray array = new MbufArray(8);
        one(array, 64);
        port.stop();
        port.stop();
        assertThat(port.isStarted()).isFalse();
        assertThatThrownBy(() -> rx.receive(new MbufArray(8)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("rx queue 0 of port net_ring0 was stopped or closed");
        assertThatThrownBy(() -> tx.send(array))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("take the queue from the port again");
        assertThat(array.size()).isEqualTo(1);
        assertThatThrownBy(() -> port.txQueue(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not started");
        port.start();
        assertThat(port.txQueue(0)).isNotSameAs(tx);
        assertThat(port.txQueue(0).send(array)).isEqualTo(1);
        assertThatThrownBy(() -> tx.send(array))
                .as("the old one stays ended")
                .isInstanceOf(IllegalStateException.class);
        assertThat(port.rxQueue(0).receive(array)).isEqualTo(1);
        cache.free(array);
        port.close();
        port.close();
        assertThat(port.isClosed()).isTrue();
        assertThatThrownBy(port::statistics)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(port::capabilities).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rx.receive(new MbufArray(8))).isInstanceOf(IllegalStateException.class);
        assertThat(pool.inUse()).isZero();
    }

    private Port start(PortConfig config) {
        Port port = eal.port("net_ring0");
        port.configure(config, pool);
        port.start();
        return port;
    }

    private void one(MbufArray into, int bytes) {
        long mbuf = cache.allocate();
        Mbuf.length(mbuf, bytes);
        into.add(mbuf);
    }

    private static void fill(long mbuf, byte[] bytes) {
        Mbuf.length(mbuf, bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, Mbuf.memory(), Mbuf.dataAddress(mbuf), bytes.length);
    }

    private static byte[] data(long mbuf) {
        return Mbuf.memory()
                .asSlice(Mbuf.dataAddress(mbuf), Mbuf.dataLength(mbuf))
                .toArray(ValueLayout.JAVA_BYTE);
    }

    private static Throwable caught(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            return e;
        }
        return new AssertionError("nothing was thrown");
    }
}
