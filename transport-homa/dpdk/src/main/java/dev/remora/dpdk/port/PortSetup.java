package dev.remora.dpdk.port;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.memory.MbufPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/**
 * Brings a port from what is asked to what its driver can do. What DPDK would answer with a bare "invalid argument" is
 * checked here before, so that the message can say which value and what is offered instead.
 *
 * @param rxOffloads that are on
 * @param txOffloads that are on
 * @param rxQueues receive queues
 * @param txQueues transmit queues
 * @param rxDescriptors per receive queue
 * @param txDescriptors per transmit queue
 * @param maxSegments of a frame to send
 * @param pool from which the receive queues take mbufs
 */
record PortSetup(
        Set<RxOffload> rxOffloads,
        Set<TxOffload> txOffloads,
        int rxQueues,
        int txQueues,
        int rxDescriptors,
        int txDescriptors,
        int maxSegments,
        MbufPool pool) {

    /** {@code RTE_ETH_MQ_RX_RSS}. */
    private static final int BY_HASH = 1;

    private static final int ETHERNET_HEADER = 14;

    /** Configures a port that is stopped and sets its queues up. */
    static PortSetup apply(int id, String name, MemorySegment info, PortConfig config, MbufPool pool) {
        Layout layout = Layout.loaded();
        PortCapabilities offered = PortCapabilities.read(info.address(), layout);
        check(name, config, offered);
        EnumSet<RxOffload> rx = EnumSet.noneOf(RxOffload.class);
        rx.addAll(config.wantedRxOffloads());
        rx.retainAll(offered.rxOffloads());
        if (config.rss() == null) {
            rx.remove(RxOffload.RSS_HASH);
        }
        rx.addAll(config.rxOffloads());
        EnumSet<TxOffload> tx = EnumSet.noneOf(TxOffload.class);
        tx.addAll(config.wantedTxOffloads());
        tx.retainAll(offered.txOffloads());
        tx.addAll(config.txOffloads());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment conf = arena.allocate(layout.sizeOf("rte_eth_conf"), 64);
            fill(conf.address(), layout, config, rx, tx, arena);
            int code = EthdevCalls.configure(id, config.rxQueues(), config.txQueues(), conf);
            if (code < 0) {
                throw EthdevCalls.failed(name, "rte_eth_dev_configure", code, remedy(code, config, offered));
            }
            MemorySegment rxCount = arena.allocate(8, 8);
            MemorySegment txCount = arena.allocate(8, 8);
            Memory.putShort(rxCount.address(), config.rxDescriptors());
            Memory.putShort(txCount.address(), config.txDescriptors());
            code = EthdevCalls.adjustDescriptors(id, rxCount, txCount);
            if (code < 0) {
                throw EthdevCalls.failed(name, "rte_eth_dev_adjust_nb_rx_tx_desc", code, "");
            }
            PortSetup setup = new PortSetup(
                    RxOffload.of(RxOffload.mask(rx)),
                    TxOffload.of(TxOffload.mask(tx)),
                    config.rxQueues(),
                    config.txQueues(),
                    Memory.getShort(rxCount.address()),
                    Memory.getShort(txCount.address()),
                    tx.contains(TxOffload.MULTI_SEGS) ? offered.maxSegments() : 1,
                    pool);
            setup.queues(id, name, info.address(), layout, offered, config.txFreeThreshold());
            setMtu(id, name, config.mtu());
            return setup;
        }
    }

    /** What the caller of a queue with too many segments can do. */
    String segmentsRemedy(PortCapabilities offered) {
        if (txOffloads.contains(TxOffload.MULTI_SEGS)) {
            return "copy the frame into fewer, larger mbufs";
        }
        return offered.txOffloads().contains(TxOffload.MULTI_SEGS)
                ? "ask for TxOffload.MULTI_SEGS in the PortConfig; the driver offers it"
                : "copy the frame into one mbuf; the driver cannot send chains";
    }

    /** Whether a driver can do what is asked. */
    static void check(String name, PortConfig config, PortCapabilities offered) {
        queueCount(name, "receive", config.rxQueues(), offered.maxRxQueues());
        queueCount(name, "transmit", config.txQueues(), offered.maxTxQueues());
        missing(name, "receive", config.rxOffloads(), offered.rxOffloads());
        missing(name, "transmit", config.txOffloads(), offered.txOffloads());
        int mtu = config.mtu();
        if (mtu != 0 && (mtu < offered.minMtu() || mtu > offered.maxMtu())) {
            throw new DpdkException(
                    "port " + name + ": an MTU of " + mtu + " is not possible with driver " + offered.driver(),
                    "choose " + offered.minMtu() + " to " + offered.maxMtu());
        }
        RssConfig rss = config.rss();
        if (rss != null) {
            PortRss.check(name, rss, offered);
        } else if (config.rxOffloads().contains(RxOffload.RSS_HASH)) {
            throw new DpdkException(
                    "port " + name + ": RxOffload.RSS_HASH is asked for without hashing", "give an RssConfig, too");
        }
    }

    private static void queueCount(String name, String direction, int asked, int most) {
        if (asked > most) {
            throw new DpdkException(
                    "port " + name + " has " + most + " " + direction + " queues, " + asked + " are asked for",
                    "ask for fewer, or give the device more in its configuration, and with net_vhost its peer, too");
        }
    }

    static <E extends Enum<E>> void missing(String name, String kind, Set<E> asked, Set<E> offered) {
        if (!offered.containsAll(asked)) {
            Set<E> missing = asked.isEmpty() ? asked : EnumSet.copyOf(asked);
            missing.removeAll(offered);
            throw new DpdkException(
                    "port " + name + " does not offer " + kind + " " + missing,
                    "it offers " + (offered.isEmpty() ? "none" : offered)
                            + (kind.equals("RSS") ? "" : "; make it optional with wantRx or wantTx"));
        }
    }

    private static void fill(
            long conf, Layout layout, PortConfig config, Set<RxOffload> rx, Set<TxOffload> tx, Arena arena) {
        Memory.putInt(conf + layout.offset("rte_eth_conf.rxmode.mtu"), config.mtu());
        Memory.putLong(conf + layout.offset("rte_eth_conf.rxmode.offloads"), RxOffload.mask(rx));
        Memory.putLong(conf + layout.offset("rte_eth_conf.txmode.offloads"), TxOffload.mask(tx));
        RssConfig rss = config.rss();
        if (rss != null) {
            Memory.putInt(conf + layout.offset("rte_eth_conf.rxmode.mq_mode"), BY_HASH);
            PortRss.fill(conf + layout.offset("rte_eth_conf.rx_adv_conf.rss_conf"), layout, rss, arena);
        }
    }

    private static String remedy(int code, PortConfig config, PortCapabilities offered) {
        if (Math.abs(code) != Errno.EINVAL) {
            return "";
        }
        return "driver " + offered.driver() + " refuses the combination of " + config.rxQueues() + " receive and "
                + config.txQueues() + " transmit queues with these offloads"
                + (config.rss() == null ? "" : " and RSS")
                + "; for TCP_TSO with net_vhost and net_virtio_user both devices need tso=1";
    }

    private void queues(int id, String name, long info, Layout layout, PortCapabilities offered, int txFreeThreshold) {
        int socket = EthdevCalls.call(EthdevCalls.OfPort.SOCKET, id);
        long rxConf = info + layout.offset("rte_eth_dev_info.default_rxconf");
        Memory.putLong(rxConf + layout.offset("rte_eth_rxconf.offloads"), RxOffload.mask(rxOffloads));
        for (int queue = 0; queue < rxQueues; queue++) {
            int code = EthdevCalls.setUpRx(id, queue, rxDescriptors, socket, rxConf, pool.address());
            if (code < 0) {
                throw EthdevCalls.failed(
                        name,
                        "rte_eth_rx_queue_setup of queue " + queue + " with " + rxDescriptors + " descriptors and pool "
                                + pool.name(),
                        code,
                        Math.abs(code) == Errno.EINVAL ? rxQueueRemedy(offered.driver()) : "");
            }
        }
        long txConf = info + layout.offset("rte_eth_dev_info.default_txconf");
        Memory.putLong(txConf + layout.offset("rte_eth_txconf.offloads"), TxOffload.mask(txOffloads));
        if (txFreeThreshold > 0) {
            Memory.putShort(txConf + layout.offset("rte_eth_txconf.tx_free_thresh"), txFreeThreshold);
        }
        for (int queue = 0; queue < txQueues; queue++) {
            int code = EthdevCalls.setUpTx(id, queue, txDescriptors, socket, txConf);
            if (code < 0) {
                throw EthdevCalls.failed(
                        name,
                        "rte_eth_tx_queue_setup of queue " + queue + " with " + txDescriptors + " descriptors",
                        code,
                        Math.abs(code) == Errno.EINVAL
                                ? "the driver allows " + offered.minTxDescriptors() + " to "
                                        + offered.maxTxDescriptors()
                                : "");
            }
        }
    }

    private static String rxQueueRemedy(String driver) {
        if (driver.equals("net_af_xdp")) {
            return "if DPDK's log says that the socket cannot be created, another AF_XDP socket has that queue of the"
                    + " interface: of another program, or of a port of this process that was closed, since the driver"
                    + " lets go of the queue only when the process ends; stop() and start() a port instead of closing"
                    + " it, or start the process again";
        }
        return "larger data rooms in the pool, fewer descriptors, or RxOffload.SCATTER may help";
    }

    /**
     * Configuring only notes the MTU; some drivers have to pass it on to a kernel interface or a NIC. Those that cannot
     * set one have none to set.
     */
    private static void setMtu(int id, String name, int mtu) {
        if (mtu == 0) {
            return;
        }
        int code = EthdevCalls.setMtu(id, mtu);
        if (code < 0 && Math.abs(code) != Errno.ENOTSUP) {
            throw EthdevCalls.failed(
                    name,
                    "rte_eth_dev_set_mtu to " + mtu,
                    code,
                    "use a smaller MTU, larger data rooms in the pool (MTU + " + ETHERNET_HEADER
                            + " + 8 + headroom), or RxOffload.SCATTER");
        }
    }
}
