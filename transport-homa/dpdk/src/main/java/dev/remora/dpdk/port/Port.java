package dev.remora.dpdk.port;

import dev.remora.dpdk.DeviceNotReadyException;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.MemifDevice;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.port.EthdevCalls.OfArray;
import dev.remora.dpdk.port.EthdevCalls.OfPort;
import dev.remora.dpdk.port.EthdevCalls.OfStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A port of DPDK: a NIC, or a driver that acts as one. First {@link #configure}, then {@link #start}, then take its queues.
 *
 * <p>Thread-safe: calls take turns. The queues are not; each has one thread. {@link #stop} and {@link #close} are refused
 * while another living thread owns a queue, since its next burst would meet memory that is gone.
 */
public final class Port implements AutoCloseable {
    /** Ethernet header: what a frame without VLAN tags has beyond the MTU. */
    private static final int FRAME_OVERHEAD = 14;

    private final Object lock = new Object();
    private final int id;
    private final DeviceConfig device;
    private final Layout layout = Layout.loaded();

    private @Nullable PortSetup setup;
    private List<RxQueue> rxQueues = List.of();
    private List<TxQueue> txQueues = List.of();
    private boolean promiscuousAtStart;
    private boolean started;
    private boolean closed;

    private Port(int id, DeviceConfig device) {
        this.id = id;
        this.device = device;
    }

    /**
     * The port of a device that DPDK has attached. Applications get ports from {@code Eal}, which calls this.
     *
     * @param id DPDK's number of the port
     * @param device what was attached
     * @throws DpdkException if there is no such port
     */
    public static Port open(int id, DeviceConfig device) {
        if (id < 0
                || id >= Layout.loaded().constant("RTE_MAX_ETHPORTS")
                || EthdevCalls.call(OfPort.IS_VALID, id) != 1) {
            throw new DpdkException(
                    "DPDK has no port " + id + " for device " + device.name(), "attach the device first");
        }
        return new Port(id, device);
    }

    /** DPDK's number of the port. */
    public int id() {
        return id;
    }

    /** Name of the device. */
    public String name() {
        return device.name();
    }

    /** What was attached. */
    public DeviceConfig device() {
        return device;
    }

    /** What the driver says it can do now. */
    public PortCapabilities capabilities() {
        synchronized (lock) {
            checkOpen();
            try (Arena arena = Arena.ofConfined()) {
                return PortCapabilities.read(info(arena).address(), layout);
            }
        }
    }

    /**
     * Makes the port ready to start. Can be repeated while it is stopped.
     *
     * @param config what is asked
     * @param pool from which the port takes mbufs for what it receives; must stay open until the port is closed
     * @throws DpdkException if the driver cannot do it; the message tells what it can
     */
    public void configure(PortConfig config, MbufPool pool) {
        synchronized (lock) {
            checkOpen();
            if (started) {
                throw new IllegalStateException("port " + name() + " is started: stop() it before configure()");
            }
            setup = null;
            try (Arena arena = Arena.ofConfined()) {
                setup = PortSetup.apply(id, name(), info(arena), config, pool);
            }
            promiscuousAtStart = config.promiscuous();
            if (device instanceof VhostDevice vhost) {
                VhostEvents.lookNow(vhost.socket());
            }
        }
    }

    /**
     * Starts the port; its queues can be used from now on. Nothing happens when it is started.
     *
     * @throws DeviceNotReadyException if its other end is not there yet; the port is as before, try again
     * @throws DpdkException if the driver refuses
     */
    public void start() {
        synchronized (lock) {
            PortSetup ready = configured();
            if (started) {
                return;
            }
            int code = EthdevCalls.call(OfPort.START, id);
            // The driver's answer to every failure to connect.
            if (code == -Errno.EPERM && device instanceof MemifDevice memif && !memif.server()) {
                throw new DeviceNotReadyException(
                        "port " + name() + ": nobody listens at the socket " + memif.socket() + " yet",
                        MemifDevice.REMEDY);
            }
            check(OfPort.START, code);
            started = true;
            try {
                if (promiscuousAtStart) {
                    promiscuous(true);
                }
                openQueues(ready);
            } catch (RuntimeException e) {
                stopQueuesAndPort();
                throw e;
            }
        }
    }

    /**
     * Stops the port. Its queues end with it; after {@link #start()} there are new ones. Nothing happens when it is stopped.
     *
     * @throws IllegalStateException if another living thread owns a queue
     */
    public void stop() {
        synchronized (lock) {
            checkOpen();
            stopQueuesAndPort();
        }
    }

    /** Whether it is started. */
    public boolean isStarted() {
        synchronized (lock) {
            return started;
        }
    }

    /** Whether it is closed. */
    public boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /**
     * Stops the port and frees what its driver holds; idempotent. The device can be attached again only after DPDK has
     * detached it.
     *
     * @throws IllegalStateException if another living thread owns a queue; the port stays as it is then
     */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            stopQueuesAndPort();
            closed = true;
            setup = null;
            check(OfPort.CLOSE, EthdevCalls.call(OfPort.CLOSE, id));
        }
    }

    /** A receive queue of the started port. */
    public RxQueue rxQueue(int index) {
        synchronized (lock) {
            return queue(rxQueues, index, "receive");
        }
    }

    /** A transmit queue of the started port. */
    public TxQueue txQueue(int index) {
        synchronized (lock) {
            return queue(txQueues, index, "transmit");
        }
    }

    /** Receive queues as configured. */
    public int rxQueueCount() {
        synchronized (lock) {
            return configured().rxQueues();
        }
    }

    /** Transmit queues as configured. */
    public int txQueueCount() {
        synchronized (lock) {
            return configured().txQueues();
        }
    }

    /** Offloads for receiving that are on: those required, and of those wanted the ones the driver has. */
    public Set<RxOffload> rxOffloads() {
        synchronized (lock) {
            return configured().rxOffloads();
        }
    }

    /** Offloads for sending that are on: those required, and of those wanted the ones the driver has. */
    public Set<TxOffload> txOffloads() {
        synchronized (lock) {
            return configured().txOffloads();
        }
    }

    /** Descriptors per receive queue, after the driver's limits were applied. */
    public int rxDescriptors() {
        synchronized (lock) {
            return configured().rxDescriptors();
        }
    }

    /** Descriptors per transmit queue, after the driver's limits were applied. */
    public int txDescriptors() {
        synchronized (lock) {
            return configured().txDescriptors();
        }
    }

    /** The port's MAC address, 6 bytes. */
    public byte[] macAddress() {
        synchronized (lock) {
            checkOpen();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment address = arena.allocate(8, 8);
                check(OfStruct.MAC, EthdevCalls.call(OfStruct.MAC, id, address));
                return address.asSlice(0, 6).toArray(ValueLayout.JAVA_BYTE);
            }
        }
    }

    /** State of the link, without waiting for it. */
    public LinkState link() {
        synchronized (lock) {
            checkOpen();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment link = arena.allocate(layout.sizeOf("rte_eth_link"), 8);
                check(OfStruct.LINK, EthdevCalls.call(OfStruct.LINK, id, link));
                long at = link.address() + layout.offset("rte_eth_link.link_speed");
                int speed = Memory.getInt(at);
                int bits = Memory.getShort(at + 4);
                return new LinkState((bits & 4) != 0, speed == 0 ? -1 : speed, (bits & 1) != 0);
            }
        }
    }

    /** The basic counters since start or {@link #resetStatistics()}. */
    public PortStatistics statistics() {
        synchronized (lock) {
            checkOpen();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment stats = arena.allocate(layout.sizeOf("rte_eth_stats"), 8);
                check(OfStruct.STATS, EthdevCalls.call(OfStruct.STATS, id, stats));
                long at = stats.address();
                return new PortStatistics(
                        counter(at, "rte_eth_stats.ipackets"),
                        counter(at, "rte_eth_stats.opackets"),
                        counter(at, "rte_eth_stats.ibytes"),
                        counter(at, "rte_eth_stats.obytes"),
                        counter(at, "rte_eth_stats.imissed"),
                        counter(at, "rte_eth_stats.ierrors"),
                        counter(at, "rte_eth_stats.oerrors"),
                        counter(at, "rte_eth_stats.rx_nombuf"));
            }
        }
    }

    /** All counters of the driver by name, in its order; most drivers have some per queue. */
    public Map<String, Long> extendedStatistics() {
        synchronized (lock) {
            checkOpen();
            int count = check(OfArray.XSTATS_NAMES, EthdevCalls.call(OfArray.XSTATS_NAMES, id, MemorySegment.NULL, 0));
            if (count == 0) {
                return Map.of();
            }
            try (Arena arena = Arena.ofConfined()) {
                int nameBytes = layout.sizeOf("rte_eth_xstat_name");
                int valueBytes = layout.sizeOf("rte_eth_xstat");
                MemorySegment names = arena.allocate((long) nameBytes * count, 8);
                MemorySegment values = arena.allocate((long) valueBytes * count, 8);
                check(OfArray.XSTATS_NAMES, EthdevCalls.call(OfArray.XSTATS_NAMES, id, names, count));
                int filled = check(OfArray.XSTATS, EthdevCalls.call(OfArray.XSTATS, id, values, count));
                Map<String, Long> result = new LinkedHashMap<>();
                for (int i = 0; i < Math.min(filled, count); i++) {
                    long value = values.address() + (long) valueBytes * i;
                    long which = Memory.getLong(value + layout.offset("rte_eth_xstat.id"));
                    if (which >= 0 && which < count) {
                        result.put(
                                Memory.string(names.address() + nameBytes * which),
                                Memory.getLong(value + layout.offset("rte_eth_xstat.value")));
                    }
                }
                return Collections.unmodifiableMap(result);
            }
        }
    }

    /** Sets the counters to zero. */
    public void resetStatistics() {
        synchronized (lock) {
            checkOpen();
            check(OfPort.STATS_RESET, EthdevCalls.call(OfPort.STATS_RESET, id));
            int code = EthdevCalls.call(OfPort.XSTATS_RESET, id);
            if (Math.abs(code) != Errno.ENOTSUP) {
                check(OfPort.XSTATS_RESET, code);
            }
        }
    }

    /** Bytes of a packet behind the Ethernet header. */
    public int mtu() {
        synchronized (lock) {
            checkOpen();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment mtu = arena.allocate(8, 8);
                check(OfStruct.MTU, EthdevCalls.call(OfStruct.MTU, id, mtu));
                return Memory.getShort(mtu.address());
            }
        }
    }

    /**
     * Changes the MTU. Some drivers can do so only while the port is stopped, some never.
     *
     * @throws DpdkException if the driver cannot
     */
    public void mtu(int bytes) {
        synchronized (lock) {
            checkOpen();
            PortCapabilities offered = capabilities();
            if (bytes < offered.minMtu() || bytes > offered.maxMtu()) {
                throw new DpdkException(
                        "port " + name() + ": an MTU of " + bytes + " is not possible with driver " + offered.driver(),
                        "choose " + offered.minMtu() + " to " + offered.maxMtu());
            }
            int code = EthdevCalls.setMtu(id, bytes);
            if (code < 0) {
                String remedy = Math.abs(code) == Errno.ENOTSUP
                        ? "driver " + offered.driver() + " can take it from the PortConfig only"
                        : "";
                throw EthdevCalls.failed(name(), "rte_eth_dev_set_mtu to " + bytes, code, remedy);
            }
            int frame = mtu() + FRAME_OVERHEAD;
            for (TxQueue queue : txQueues) {
                queue.maxFrameBytes(frame);
            }
        }
    }

    /** Whether the port receives frames for other MAC addresses. */
    public boolean promiscuous() {
        synchronized (lock) {
            checkOpen();
            return check(OfPort.PROMISCUOUS_GET, EthdevCalls.call(OfPort.PROMISCUOUS_GET, id)) == 1;
        }
    }

    /** Changes whether the port receives frames for other MAC addresses. */
    public void promiscuous(boolean on) {
        synchronized (lock) {
            checkOpen();
            OfPort call = on ? OfPort.PROMISCUOUS_ENABLE : OfPort.PROMISCUOUS_DISABLE;
            check(call, EthdevCalls.call(call, id));
        }
    }

    /** What the port hashes, with its key where the driver tells it. */
    public RssConfig rss() {
        synchronized (lock) {
            return hashing().read();
        }
    }

    /** Changes what the port hashes. */
    public void rss(RssConfig config) {
        synchronized (lock) {
            hashing().update(config);
        }
    }

    /** The queue for each value of a hash's low bits; empty when the port has no such table. */
    public int[] redirectionTable() {
        synchronized (lock) {
            return hashing().table();
        }
    }

    /**
     * Changes the queue for each value of a hash's low bits.
     *
     * @param table as long as {@link PortCapabilities#redirectionTableSize()} says
     */
    public void redirectionTable(int[] table) {
        synchronized (lock) {
            hashing().table(table, configured().rxQueues());
        }
    }

    @Override
    public String toString() {
        return "port " + id + " (" + name() + ")";
    }

    private MemorySegment info(Arena arena) {
        MemorySegment info = arena.allocate(layout.sizeOf("rte_eth_dev_info"), 64);
        check(OfStruct.INFO, EthdevCalls.call(OfStruct.INFO, id, info));
        return info;
    }

    /** Reads the pointers DPDK's inline functions use; they are right only between start and stop. */
    private void openQueues(PortSetup ready) {
        long functions = Natives.address("rte_eth_fp_ops").address() + (long) layout.sizeOf("rte_eth_fp_ops") * id;
        long rxData = Memory.getLong(functions + layout.offset("rte_eth_fp_ops.rxq.data"));
        long txData = Memory.getLong(functions + layout.offset("rte_eth_fp_ops.txq.data"));
        MemorySegment receive =
                MemorySegment.ofAddress(Memory.getLong(functions + layout.offset("rte_eth_fp_ops.rx_pkt_burst")));
        long send = Memory.getLong(functions + layout.offset("rte_eth_fp_ops.tx_pkt_burst"));
        long prepare = Memory.getLong(functions + layout.offset("rte_eth_fp_ops.tx_pkt_prepare"));
        boolean critical = device.neverBlocks();
        List<RxQueue> rx = new ArrayList<>();
        for (int i = 0; i < ready.rxQueues(); i++) {
            long queue = Memory.getLong(rxData + 8L * i);
            rx.add(new RxQueue(i, name(), receive, queue, device, ready.pool().address()));
        }
        TxQueue.Limits limits =
                new TxQueue.Limits(mtu() + FRAME_OVERHEAD, ready.maxSegments(), ready.segmentsRemedy(capabilities()));
        List<TxQueue> tx = new ArrayList<>();
        for (int i = 0; i < ready.txQueues(); i++) {
            long queue = Memory.getLong(txData + 8L * i);
            tx.add(new TxQueue(i, name(), new TxQueue.Pointers(send, prepare, queue), critical, limits));
        }
        rxQueues = List.copyOf(rx);
        txQueues = List.copyOf(tx);
    }

    private void stopQueuesAndPort() {
        List<OwnedQueue> queues = new ArrayList<>(rxQueues);
        queues.addAll(txQueues);
        for (OwnedQueue queue : queues) {
            refuseIfOwned(queue);
        }
        for (OwnedQueue queue : queues) {
            if (!queue.retire()) {
                // A thread took it since; those before it are nobody's.
                queues.subList(0, queues.indexOf(queue)).forEach(OwnedQueue::revive);
                refuseIfOwned(queue);
                throw new IllegalStateException(queue + " is in use: release() it first");
            }
        }
        rxQueues = List.of();
        txQueues = List.of();
        if (started) {
            started = false;
            check(OfPort.STOP, EthdevCalls.call(OfPort.STOP, id));
        }
    }

    private void refuseIfOwned(OwnedQueue queue) {
        Thread other = queue.otherOwner();
        if (other != null) {
            throw new IllegalStateException("port " + name() + " cannot stop: " + queue + " belongs to thread "
                    + other.getName() + ", which must release() it first");
        }
    }

    private <Q> Q queue(List<Q> queues, int index, String direction) {
        PortSetup ready = configured();
        if (!started) {
            throw new IllegalStateException("port " + name() + " is not started: start() it to get its queues");
        }
        if (index < 0 || index >= queues.size()) {
            throw new IndexOutOfBoundsException("port " + name() + " has " + queues.size() + " " + direction
                    + " queues, there is no queue " + index + " (configured: " + ready.rxQueues() + " receive, "
                    + ready.txQueues() + " transmit)");
        }
        return queues.get(index);
    }

    private PortSetup configured() {
        checkOpen();
        PortSetup ready = setup;
        if (ready == null) {
            throw new IllegalStateException("port " + name() + " is not configured: configure() it first");
        }
        return ready;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("port " + name() + " is closed");
        }
    }

    private PortRss hashing() {
        return new PortRss(id, name(), capabilities(), layout);
    }

    private long counter(long stats, String field) {
        return Memory.getLong(stats + layout.offset(field));
    }

    private int check(OfPort what, int code) {
        if (code < 0) {
            throw EthdevCalls.failed(name(), what, code, "");
        }
        return code;
    }

    private void check(OfStruct what, int code) {
        if (code < 0) {
            throw EthdevCalls.failed(name(), what, code, "");
        }
    }

    private int check(OfArray what, int code) {
        if (code < 0) {
            throw EthdevCalls.failed(name(), what, code, "");
        }
        return code;
    }
}
