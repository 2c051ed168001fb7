package dev.remora.homa.host;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.PortConfig;
import dev.remora.dpdk.port.RxOffload;
import dev.remora.dpdk.port.TxOffload;
import dev.remora.homa.link.DpdkFrameQueue;
import dev.remora.homa.link.SharedEal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of the shared memory between two transports: a DPDK port with pools of its own, so that a peer that stands still
 * keeps no mbufs from others. Made and closed by one thread; its {@link #queues} are for others, which close them before.
 */
final class HostDevice implements AutoCloseable {
    /** What arrives comes in pieces of 8 KB: each costs a descriptor, an mbuf and a look, and with 2 KB a megabyte takes a tenth longer. */
    private static final int PIECE_ROOM = PoolConfig.HEADROOM + 8_192;
    /** Descriptors of a ring. A super-packet that arrives takes 8 of them. */
    private static final int RING = 512;
    /** Frames on the way to a peer; more wait in front. Bounds how many large mbufs the driver can hold. */
    private static final int SENDING = 128;
    /** A free descriptor less than all: the driver takes back what it can with every burst. */
    private static final int FREE_THRESHOLD = RING - 4;
    /** A full ring, a burst received of 32 frames in 8 pieces each, and what is being sent. */
    private static final int SMALL_MBUFS = 1_023;
    /** More than a burst waiting and a burst being sent. */
    private static final int LARGE_MBUFS = 95;

    private static final int SMALL_CACHE = 64;
    private static final int LARGE_CACHE = 8;
    private static final int ETHERNET_BYTES = 14;
    private static final int STANDARD_MTU = 1_500;
    /** The most a data room can have. */
    private static final int LARGE_ROOM = 65_535;

    private final Eal eal;
    private final HostSettings settings;
    private final List<DpdkFrameQueue> queues = new ArrayList<>();
    private final Port port;
    private final Pools pools;

    private record Pools(MbufPool small, MbufPool large) {
        /** Also when one is refused, because a driver lost mbufs. */
        void close() {
            try {
                small.close();
            } finally {
                large.close();
            }
        }
    }

    private HostDevice(Eal eal, HostSettings settings, DeviceConfig device, PortConfig config, int mostQueues) {
        this.eal = eal;
        this.settings = settings;
        String name = SharedEal.deviceName("host");
        MbufPool small = eal.createPool(PoolConfig.of(name + "-s", mostQueues * (SMALL_MBUFS + 1) - 1)
                .withDataRoomBytes(Math.max(PIECE_ROOM, PoolConfig.HEADROOM + ETHERNET_BYTES + settings.mtu()))
                .withCacheSize(SMALL_CACHE));
        MbufPool large;
        try {
            large = eal.createPool(
                    new PoolConfig(name + "-l", mostQueues * (LARGE_MBUFS + 1) - 1, LARGE_ROOM, LARGE_CACHE));
        } catch (RuntimeException | Error e) {
            small.close();
            throw e;
        }
        pools = new Pools(small, large);
        Port opened = null;
        try {
            opened = SharedEal.attach(eal, device);
            opened.configure(config, small);
            opened.start();
        } catch (RuntimeException | Error e) {
            undo(opened, e);
            throw e;
        }
        port = opened;
    }

    private void undo(@Nullable Port opened, Throwable cause) {
        try {
            try {
                if (opened != null) {
                    eal.detach(opened);
                }
            } finally {
                pools.close();
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** How all queues between processes of a host are used. */
    private static DpdkFrameQueue.Use use(HostSettings settings) {
        return new DpdkFrameQueue.Use(settings.mtu(), settings.linkMbps(), true, true);
    }

    /** Longest frame, in bytes. */
    static int maxFrameBytes() {
        return LARGE_ROOM - PoolConfig.HEADROOM;
    }

    /**
     * The end that makes the socket; the other is opened afterwards.
     *
     * @param queues at most; the other end may use fewer
     */
    static HostDevice making(Eal eal, HostSettings settings, Path socket, int queues) {
        VhostDevice device = VhostDevice.at(socket)
                .withName(SharedEal.deviceName("net_vhost"))
                .withQueues(queues);
        PortConfig config = config(settings, queues)
                .wantTx(TxOffload.TCP_CKSUM, TxOffload.TCP_TSO, TxOffload.MULTI_SEGS)
                .wantRx(RxOffload.TCP_CKSUM, RxOffload.TCP_LRO)
                .build();
        return new HostDevice(eal, settings, device, config, queues);
    }

    /** The end that connects to the socket. */
    static HostDevice using(Eal eal, HostSettings settings, Path socket, int queues) {
        VirtioUserDevice device = VirtioUserDevice.at(socket)
                .withName(SharedEal.deviceName("net_virtio_user"))
                .withQueueSize(RING)
                .withQueues(queues);
        PortConfig config = config(settings, queues)
                .txDescriptors(SENDING)
                .txFreeThreshold(FREE_THRESHOLD)
                // What makes super-packets pass whole in both directions.
                .txOffloads(Set.of(TxOffload.TCP_TSO, TxOffload.TCP_CKSUM))
                .rxOffloads(Set.of(RxOffload.TCP_LRO, RxOffload.TCP_CKSUM))
                .wantTx(TxOffload.MULTI_SEGS)
                .wantRx(RxOffload.SCATTER)
                .build();
        return new HostDevice(eal, settings, device, config, queues);
    }

    private static PortConfig.Builder config(HostSettings settings, int queues) {
        PortConfig.Builder config =
                PortConfig.builder().queues(queues).rxDescriptors(RING).txDescriptors(RING);
        return settings.mtu() == STANDARD_MTU ? config : config.mtu(settings.mtu());
    }

    /** The first ones, which both ends use; made at the first call. */
    List<DpdkFrameQueue> queues(int count) {
        while (queues.size() < count) {
            queues.add(new DpdkFrameQueue(port, queues.size(), pools.small(), pools.large(), use(settings)));
        }
        return List.copyOf(queues);
    }

    /** Whether both ends are ready. */
    boolean isUp() {
        return port.link().up();
    }

    /** After the queues were closed. */
    @Override
    public void close() {
        try {
            eal.detach(port);
        } finally {
            pools.close();
        }
    }
}
