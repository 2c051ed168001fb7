package dev.remora.homa.net.device;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.PortConfig;
import dev.remora.dpdk.port.RssConfig;
import dev.remora.dpdk.port.RssHash;
import dev.remora.dpdk.port.RxOffload;
import dev.remora.dpdk.port.TxOffload;
import dev.remora.homa.link.DpdkFrameQueue;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.SharedEal;
import dev.remora.homa.net.InterfaceDevice;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A started DPDK port with its pool. Frames are cut in software: no driver that could cut them is tested with a real card.
 * The last of its queues and {@link #close} takes the port out and gives the memory back.
 */
public final class DpdkDevice implements InterfaceDevice {
    /** Descriptors of a ring: a burst of one message of 64 KB, and then some. */
    private static final int RING = 1_024;
    /** Mbufs of a queue beside those in its rings: bursts in both directions, and what threads' caches keep. */
    private static final int SPARE = 1_024;

    private static final int CACHE = 128;
    private static final int ETHERNET_BYTES = EthernetHeader.BYTES + EthernetHeader.TAG_BYTES;
    private static final int MAX_MTU = 9_000;

    private final Eal eal;
    private final Port port;
    private final MbufPool pool;
    private final List<FrameQueue> queues;
    private final int mtu;
    private final @Nullable Spread spread;
    private final boolean steersFlows;
    /** Queues that are open, and one for the device itself. */
    private final AtomicInteger users;

    private final AtomicInteger closings = new AtomicInteger();

    /**
     * What is wanted of a port.
     *
     * @param queues pairs of queues, one per engine
     * @param mtu largest IP packet in bytes, at most 9000; 0 for the device's
     * @param linkMbps rate in Mbit/s, 0 for what the device says
     * @param allFrames take in frames for other MAC addresses and for groups, which IPv6 needs where the kernel does not join
     * @param hashes whether the device must spread packets over several queues by a hash that can be computed; else it may spread
     *     them as it likes
     * @param udp whether packets are behind UDP headers; else they are taken for TCP's
     */
    public record Wish(int queues, int mtu, int linkMbps, boolean allFrames, boolean hashes, boolean udp) {}

    private DpdkDevice(Eal eal, Port port, MbufPool pool, Wish wish) {
        this.eal = eal;
        this.port = port;
        this.pool = pool;
        mtu = wish.mtu() == 0 ? port.mtu() : Math.min(wish.mtu(), port.mtu());
        steersFlows = wish.hashes() || wish.queues() == 1;
        spread = wish.hashes() && wish.queues() > 1 ? spread(port) : null;
        int speed = wish.linkMbps() == 0 ? Math.max(0, port.link().speedMbps()) : wish.linkMbps();
        users = new AtomicInteger(wish.queues() + 1);
        List<FrameQueue> opened = new ArrayList<>();
        for (int i = 0; i < wish.queues(); i++) {
            DpdkFrameQueue queue =
                    new DpdkFrameQueue(port, i, pool, null, new DpdkFrameQueue.Use(mtu, speed, false, false));
            queue.whenClosed(this::leave);
            opened.add(queue);
        }
        queues = List.copyOf(opened);
    }

    /**
     * Opens a device in the network namespace of the calling thread.
     *
     * @param config of DPDK, if it is not running in this process yet
     * @throws TransportException UNSUPPORTED, saying what is missing and how to mend it
     */
    public static DpdkDevice open(EalConfig config, DeviceConfig device, Wish wish) {
        String what = "DPDK cannot use " + (device.bus().equals("pci") ? device.name() : device.arguments()) + ": ";
        // Before DPDK is started: that cannot be done a second time for another card.
        List<String> obstacles = device.obstacles();
        if (!obstacles.isEmpty()) {
            throw new TransportException(Reason.UNSUPPORTED, what + String.join("; ", obstacles));
        }
        try {
            return start(SharedEal.get(config), device, wish);
        } catch (DpdkException | IllegalArgumentException e) {
            throw new TransportException(Reason.UNSUPPORTED, what + e.getMessage(), e);
        }
    }

    private static DpdkDevice start(Eal eal, DeviceConfig device, Wish wish) {
        int room = PoolConfig.HEADROOM + ETHERNET_BYTES + Math.min(MAX_MTU, wish.mtu());
        MbufPool pool = eal.createPool(PoolConfig.of(SharedEal.deviceName("if"), wish.queues() * (2 * RING + SPARE) - 1)
                .withDataRoomBytes(Math.max(PoolConfig.DEFAULT_DATA_ROOM, room))
                .withCacheSize(CACHE));
        Port port = null;
        try {
            port = SharedEal.attach(eal, device);
            port.configure(config(wish), pool);
            port.start();
            return new DpdkDevice(eal, port, pool, wish);
        } catch (RuntimeException e) {
            try {
                if (port != null) {
                    eal.detach(port);
                }
                pool.close();
            } catch (RuntimeException other) {
                e.addSuppressed(other);
            }
            throw e;
        }
    }

    private static PortConfig config(Wish wish) {
        PortConfig.Builder config = PortConfig.builder()
                .queues(wish.queues())
                .rxDescriptors(RING)
                .txDescriptors(RING)
                .wantTx(TxOffload.TCP_CKSUM)
                .wantTx(TxOffload.UDP_CKSUM)
                .wantRx(RxOffload.TCP_CKSUM)
                .wantRx(RxOffload.UDP_CKSUM)
                .promiscuous(wish.allFrames());
        if (wish.mtu() != 0) {
            config.mtu(wish.mtu());
        }
        if (wish.queues() > 1 && wish.hashes()) {
            config.rss(
                    wish.udp()
                            ? RssConfig.of(RssHash.IPV4_UDP, RssHash.IPV6_UDP)
                            : RssConfig.of(RssHash.IPV4_TCP, RssHash.IPV6_TCP));
        }
        return config.build();
    }

    private static Spread spread(Port port) {
        byte[] key = port.rss().key();
        int[] table = port.redirectionTable();
        if (key == null || table.length == 0) {
            throw new DpdkException(
                    port + " does not tell how it spreads packets over its queues",
                    "use one engine: remora.homa.engines = 1");
        }
        return new Spread(key, table);
    }

    /** Of the card, as {@link MacAddress} has them. */
    public long mac() {
        return MacAddress.of(port.macAddress());
    }

    /** Largest IP packet, in bytes. */
    public int mtu() {
        return mtu;
    }

    @Override
    public List<FrameQueue> queues() {
        return queues;
    }

    @Override
    public @Nullable Spread spread() {
        return spread;
    }

    @Override
    public boolean steersFlows() {
        return steersFlows;
    }

    @Override
    public void close() {
        if (closings.getAndIncrement() == 0) {
            leave();
        }
    }

    private void leave() {
        if (users.decrementAndGet() > 0) {
            return;
        }
        try {
            eal.detach(port);
        } finally {
            pool.close();
        }
    }
}
