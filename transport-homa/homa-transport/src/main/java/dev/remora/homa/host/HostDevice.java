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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One end of the shared memory between two transports: a DPDK port with pools of its own, so that a peer that stands still
 * keeps no mbufs from others. Made and closed by one thread; {@link #queue} is for another, which closes it before.
 */
final class HostDevice implements AutoCloseable {
    /** Descriptors of a ring. A burst of super-packets takes 32 each. */
    private static final int RING = 512;
    /** Frames on the way to a peer; more wait in front. Bounds how many large mbufs the driver can hold. */
    private static final int SENDING = 128;
    /** A free descriptor less than all: the driver takes back what it can with every burst. */
    private static final int FREE_THRESHOLD = RING - 4;
    /** A full ring, a burst received in which each frame has 64 KB in 2 KB pieces, and what is being sent. */
    private static final int SMALL_MBUFS = 2_047;
    /** More than a burst waiting and a burst being sent. */
    private static final int LARGE_MBUFS = 95;

    private static final int SMALL_CACHE = 64;
    private static final int LARGE_CACHE = 8;
    private static final int ETHERNET_BYTES = 14;
    private static final int STANDARD_MTU = 1_500;
    /** The most a data room can have. */
    private static final int LARGE_ROOM = 65_535;

    private final Eal eal;
    private final DpdkFrameQueue queue;
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

    private HostDevice(Eal eal, HostSettings settings, DeviceConfig device, PortConfig config) {
        this.eal = eal;
        String name = SharedEal.deviceName("host");
        MbufPool small = eal.createPool(PoolConfig.of(name + "-s", SMALL_MBUFS)
                .withDataRoomBytes(
                        Math.max(PoolConfig.DEFAULT_DATA_ROOM, PoolConfig.HEADROOM + ETHERNET_BYTES + settings.mtu()))
                .withCacheSize(SMALL_CACHE));
        MbufPool large;
        try {
            large = eal.createPool(new PoolConfig(name + "-l", LARGE_MBUFS, LARGE_ROOM, LARGE_CACHE));
        } catch (RuntimeException e) {
            small.close();
            throw e;
        }
        pools = new Pools(small, large);
        Port opened = null;
        try {
            opened = SharedEal.attach(eal, device);
            opened.configure(config, small);
            opened.start();
            queue = new DpdkFrameQueue(opened, 0, small, large, use(settings));
        } catch (RuntimeException e) {
            undo(opened, e);
            throw e;
        }
        port = opened;
    }

    private void undo(@Nullable Port opened, RuntimeException cause) {
        try {
            if (opened != null) {
                eal.detach(opened);
            }
            pools.close();
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

    /** The end that makes the socket; the other is opened afterwards. */
    static HostDevice making(Eal eal, HostSettings settings, Path socket) {
        VhostDevice device = VhostDevice.at(socket).withName(SharedEal.deviceName("net_vhost"));
        PortConfig config = config(settings)
                .wantTx(TxOffload.TCP_CKSUM, TxOffload.TCP_TSO, TxOffload.MULTI_SEGS)
                .wantRx(RxOffload.TCP_CKSUM, RxOffload.TCP_LRO)
                .build();
        return new HostDevice(eal, settings, device, config);
    }

    /** The end that connects to the socket. */
    static HostDevice using(Eal eal, HostSettings settings, Path socket) {
        VirtioUserDevice device = VirtioUserDevice.at(socket)
                .withName(SharedEal.deviceName("net_virtio_user"))
                .withQueueSize(RING);
        PortConfig config = config(settings)
                .txDescriptors(SENDING)
                .txFreeThreshold(FREE_THRESHOLD)
                // What makes super-packets pass whole in both directions.
                .txOffloads(Set.of(TxOffload.TCP_TSO, TxOffload.TCP_CKSUM))
                .rxOffloads(Set.of(RxOffload.TCP_LRO, RxOffload.TCP_CKSUM))
                .wantTx(TxOffload.MULTI_SEGS)
                .wantRx(RxOffload.SCATTER)
                .build();
        return new HostDevice(eal, settings, device, config);
    }

    private static PortConfig.Builder config(HostSettings settings) {
        PortConfig.Builder config = PortConfig.builder().rxDescriptors(RING).txDescriptors(RING);
        return settings.mtu() == STANDARD_MTU ? config : config.mtu(settings.mtu());
    }

    DpdkFrameQueue queue() {
        return queue;
    }

    /** Whether both ends are ready. */
    boolean isUp() {
        return port.link().up();
    }

    /** After the queue was closed. */
    @Override
    public void close() {
        try {
            eal.detach(port);
        } finally {
            pools.close();
        }
    }
}
