package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;

/**
 * Both ends of a vhost-user link in one process: what needs offloads and a driver that checks frames. Ends with 0 if all
 * of it holds.
 */
public final class VhostProgram {
    private static final int SEED = 11;
    private static final long LIMIT_NS = 5_000_000_000L;

    private final Port server;
    private final Port client;
    private final MbufPool pool;
    private final MbufCache cache;

    private VhostProgram(Port server, Port client, MbufPool pool) {
        this.server = server;
        this.client = client;
        this.pool = pool;
        cache = pool.cache();
    }

    public static void main(String[] args) {
        Path socket = Path.of(args[0]);
        EalConfig config =
                EalConfig.builder().memoryMb(256).hugepages(HugepagePolicy.NONE).build();
        try (Eal eal = Eal.start(config)) {
            MbufPool pool = eal.createPool(PoolConfig.of("vhost-pool", 16_383));
            Port server = eal.attach(VhostDevice.at(socket).withQueues(2));
            configureServer(server, pool);
            Port client = eal.attach(VirtioUserDevice.at(socket).withQueues(2));
            VhostProgram program = new VhostProgram(server, client, pool);
            program.capabilities();
            program.configureClient();
            program.queuesAreConnectedInPairs();
            program.superPacketsGoWhole();
            program.aFrameTheDriverRefuses();
            client.close();
            server.close();
            assertThat(pool.inUse()).as("all mbufs came back").isZero();
        }
        System.out.println("all holds");
    }

    private static void configureServer(Port server, MbufPool pool) {
        server.configure(
                PortConfig.builder()
                        .queues(2)
                        .wantTx(TxOffload.TCP_CKSUM, TxOffload.TCP_TSO, TxOffload.MULTI_SEGS)
                        .wantRx(RxOffload.TCP_CKSUM, RxOffload.TCP_LRO)
                        .build(),
                pool);
        server.start();
    }

    private void capabilities() {
        PortCapabilities vhost = server.capabilities();
        System.out.println(vhost);
        assertThat(vhost.driver()).isEqualTo("net_vhost");
        assertThat(vhost.maxRxQueues()).isEqualTo(2);
        assertThat(vhost.txOffloads()).contains(TxOffload.TCP_CKSUM, TxOffload.MULTI_SEGS);
        PortCapabilities virtio = client.capabilities();
        System.out.println(virtio);
        assertThat(virtio.driver()).isEqualTo("net_virtio_user");
        assertThat(virtio.txOffloads())
                .contains(TxOffload.TCP_TSO, TxOffload.TCP_CKSUM, TxOffload.MULTI_SEGS)
                .doesNotContain(TxOffload.IPV4_CKSUM);
        assertThat(virtio.rxOffloads()).contains(RxOffload.TCP_LRO);
        assertThatThrownBy(() -> client.configure(PortConfig.builder().queues(3).build(), pool))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("queues, 3 are asked for");
        assertThatThrownBy(() -> client.configure(
                        PortConfig.builder().mtu(virtio.maxMtu() + 1).build(), pool))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("choose " + virtio.minMtu() + " to " + virtio.maxMtu());
    }

    private void configureClient() {
        client.configure(
                PortConfig.builder()
                        .queues(2)
                        .rxDescriptors(1_000)
                        .txOffloads(Set.of(TxOffload.TCP_TSO, TxOffload.TCP_CKSUM, TxOffload.MULTI_SEGS))
                        .wantTx(TxOffload.IPV4_CKSUM)
                        .rxOffloads(Set.of(RxOffload.TCP_LRO, RxOffload.TCP_CKSUM))
                        .build(),
                pool);
        client.start();
        System.out.println(
                "descriptors " + client.rxDescriptors() + ", mtu " + client.mtu() + ", link " + client.link());
        assertThat(client.txOffloads()).doesNotContain(TxOffload.IPV4_CKSUM);
        assertThat(client.link().up()).isTrue();
    }

    private void queuesAreConnectedInPairs() {
        MbufArray array = new MbufArray(32);
        for (int queue = 0; queue < 2; queue++) {
            byte[] frame = new byte[200 + queue];
            new Random(SEED + queue).nextBytes(frame);
            exchange(client.txQueue(queue), server.rxQueue(queue), array, frame);
            exchange(server.txQueue(queue), client.rxQueue(queue), array, frame);
        }
    }

    private void exchange(TxQueue from, RxQueue to, MbufArray array, byte[] frame) {
        long mbuf = cache.allocate();
        fill(mbuf, frame, 0, frame.length);
        array.clear();
        array.add(mbuf);
        sendAll(from, array);
        receiveOne(to, array);
        assertThat(data(array.get(0))).as("%s to %s, seed %d", from, to, SEED).isEqualTo(frame);
        cache.free(array);
    }

    /** A frame of 40 kB in a chain, to be cut to 1,400: the other end sees it whole. */
    private void superPacketsGoWhole() {
        byte[] packet = tcp(40_000);
        MbufArray array = new MbufArray(4);
        array.add(chain(packet));
        long head = array.get(0);
        assertThatThrownBy(() -> client.txQueue(0).send(array))
                .isInstanceOf(FrameRefusedException.class)
                .hasMessageContaining("ask for TCP segmentation");
        assertThat(array.size()).isEqualTo(1);
        assertThat(Mbuf.isHeld(head)).isTrue();
        Mbuf.requestTso(head, 14, 20, 20, 1_400, true);
        assertThat(client.txQueue(0).prepare()).as("the driver has a check").isTrue();
        sendAll(client.txQueue(0), array);
        receiveOne(server.rxQueue(0), array);
        long got = array.get(0);
        assertThat(Mbuf.packetLength(got)).isEqualTo(packet.length);
        byte[] seen = data(got);
        for (int i = 0; i < packet.length; i++) {
            // The drivers put the IPv4 header's checksum and the pseudo-header's there.
            if (i != 24 && i != 25 && i != 50 && i != 51) {
                assertThat(seen[i]).as("byte %d", i).isEqualTo(packet[i]);
            }
        }
        cache.free(array);
    }

    /** Headers longer than the frame. */
    private void aFrameTheDriverRefuses() {
        TxQueue queue = client.txQueue(1);
        MbufArray array = new MbufArray(4);
        for (int i = 0; i < 3; i++) {
            array.add(chain(tcp(100)));
        }
        Mbuf.requestTcpChecksum(array.get(1), 14, 500, true);
        assertThatThrownBy(() -> queue.send(array))
                .isInstanceOfSatisfying(
                        FrameRefusedException.class, e -> assertThat(e.index()).isEqualTo(1))
                .hasMessageContaining("the driver refuses frame 1 of the burst, 154 bytes: Operation not supported")
                .hasMessageContaining("only for offloads in txOffloads()");
        assertThat(array.size()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(Mbuf.isHeld(array.get(i))).isTrue();
        }
        Mbuf.requestNothing(array.get(1));
        sendAll(queue, array);
        for (int i = 0; i < 3; i++) {
            receiveOne(server.rxQueue(1), array);
            assertThat(Mbuf.packetLength(array.get(0))).isEqualTo(154);
            cache.free(array);
        }
    }

    private void sendAll(TxQueue queue, MbufArray array) {
        long end = System.nanoTime() + LIMIT_NS;
        while (array.size() > 0) {
            queue.send(array);
            assertThat(System.nanoTime()).as("%s accepts", queue).isLessThan(end);
        }
    }

    /** One frame; others stay in the queue. */
    private void receiveOne(RxQueue queue, MbufArray into) {
        MbufArray single = new MbufArray(1);
        long end = System.nanoTime() + LIMIT_NS;
        while (queue.receive(single) == 0) {
            assertThat(System.nanoTime()).as("%s receives", queue).isLessThan(end);
            Thread.onSpinWait();
        }
        into.clear();
        into.add(single.get(0));
    }

    private long chain(byte[] packet) {
        long head = 0;
        for (int at = 0; at < packet.length; at += 2_000) {
            long segment = cache.allocate();
            fill(segment, packet, at, Math.min(2_000, packet.length - at));
            if (head == 0) {
                head = segment;
            } else {
                cache.append(head, segment);
            }
        }
        return head;
    }

    /** Ethernet, IPv4 and TCP headers, then random payload. */
    private static byte[] tcp(int payload) {
        byte[] packet = new byte[54 + payload];
        new Random(SEED).nextBytes(packet);
        MemorySegment all = MemorySegment.ofArray(packet);
        all.asSlice(0, 54).fill((byte) 0);
        packet[12] = 8;
        packet[14] = 0x45;
        int length = 40 + payload;
        packet[16] = (byte) (length >> 8);
        packet[17] = (byte) length;
        packet[22] = 64;
        packet[23] = 6;
        packet[26] = 10;
        packet[30] = 10;
        packet[33] = 1;
        packet[46] = 0x50;
        packet[47] = 0x06;
        return packet;
    }

    private static void fill(long mbuf, byte[] bytes, int from, int count) {
        Mbuf.length(mbuf, count);
        MemorySegment.copy(MemorySegment.ofArray(bytes), from, Mbuf.memory(), Mbuf.dataAddress(mbuf), count);
    }

    private static byte[] data(long mbuf) {
        byte[] all = new byte[Mbuf.packetLength(mbuf)];
        int at = 0;
        for (long segment = mbuf; segment != 0; segment = Mbuf.next(segment)) {
            int length = Mbuf.dataLength(segment);
            MemorySegment.copy(Mbuf.memory(), ValueLayout.JAVA_BYTE, Mbuf.dataAddress(segment), all, at, length);
            at += length;
        }
        return all;
    }
}
