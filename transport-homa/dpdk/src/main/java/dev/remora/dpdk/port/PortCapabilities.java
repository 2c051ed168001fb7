package dev.remora.dpdk.port;

import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a port's driver says it can do. It can change with the peer: virtio_user offers what was negotiated.
 *
 * @param driver DPDK's name for it, such as {@code net_vhost}
 * @param maxRxQueues receive queues at most
 * @param maxTxQueues transmit queues at most
 * @param minMtu smallest MTU
 * @param maxMtu largest MTU; 65,535 and the like when the driver knows no limit
 * @param maxRxPacketBytes longest frame that can be received; {@link Integer#MAX_VALUE} without a limit, 0 if unknown
 * @param rxOffloads for receiving
 * @param txOffloads for sending
 * @param rssHashes kinds of packets that can be hashed to choose a queue
 * @param redirectionTableSize entries of the table from hash to queue; 0 without one
 * @param hashKeyBytes length of the RSS key; 0 without one
 * @param minRxDescriptors per receive queue, 0 if unknown
 * @param maxRxDescriptors per receive queue, 0 if unknown
 * @param minTxDescriptors per transmit queue, 0 if unknown
 * @param maxTxDescriptors per transmit queue, 0 if unknown
 * @param maxSegments segments of a frame to send; 65,535 when the driver knows no limit
 * @param speedsMbps speeds of the link; empty when the driver does not say
 * @param interfaceIndex of the kernel's network interface below, 0 without one
 */
public record PortCapabilities(
        String driver,
        int maxRxQueues,
        int maxTxQueues,
        int minMtu,
        int maxMtu,
        int maxRxPacketBytes,
        Set<RxOffload> rxOffloads,
        Set<TxOffload> txOffloads,
        Set<RssHash> rssHashes,
        int redirectionTableSize,
        int hashKeyBytes,
        int minRxDescriptors,
        int maxRxDescriptors,
        int minTxDescriptors,
        int maxTxDescriptors,
        int maxSegments,
        List<Integer> speedsMbps,
        int interfaceIndex) {

    private static final int NO_LIMIT = 65_535;
    private static final int[] SPEEDS = {
        0, 10, 10, 100, 100, 1_000, 2_500, 5_000, 10_000, 20_000, 25_000, 40_000, 50_000, 56_000, 100_000, 200_000,
        400_000
    };

    /** Reads a {@code struct rte_eth_dev_info}. */
    static PortCapabilities read(long info, Layout layout) {
        long rxLimits = info + layout.offset("rte_eth_dev_info.rx_desc_lim");
        long txLimits = info + layout.offset("rte_eth_dev_info.tx_desc_lim");
        int most = layout.offset("rte_eth_desc_lim.nb_max");
        int least = layout.offset("rte_eth_desc_lim.nb_min");
        int segments = shortAt(txLimits, layout, "rte_eth_desc_lim.nb_seg_max");
        return new PortCapabilities(
                Memory.string(Memory.getLong(info + layout.offset("rte_eth_dev_info.driver_name"))),
                shortAt(info, layout, "rte_eth_dev_info.max_rx_queues"),
                shortAt(info, layout, "rte_eth_dev_info.max_tx_queues"),
                shortAt(info, layout, "rte_eth_dev_info.min_mtu"),
                shortAt(info, layout, "rte_eth_dev_info.max_mtu"),
                unlimited(intAt(info, layout, "rte_eth_dev_info.max_rx_pktlen")),
                RxOffload.of(longAt(info, layout, "rte_eth_dev_info.rx_offload_capa")),
                TxOffload.of(longAt(info, layout, "rte_eth_dev_info.tx_offload_capa")),
                RssHash.of(longAt(info, layout, "rte_eth_dev_info.flow_type_rss_offloads")),
                shortAt(info, layout, "rte_eth_dev_info.reta_size"),
                Memory.getByte(info + layout.offset("rte_eth_dev_info.hash_key_size")) & 0xff,
                Memory.getShort(rxLimits + least),
                Memory.getShort(rxLimits + most),
                Memory.getShort(txLimits + least),
                Memory.getShort(txLimits + most),
                segments == 0 ? NO_LIMIT : segments,
                speeds(intAt(info, layout, "rte_eth_dev_info.speed_capa")),
                intAt(info, layout, "rte_eth_dev_info.if_index"));
    }

    /** Drivers without a limit give the largest unsigned number. */
    private static int unlimited(int bytes) {
        return bytes < 0 ? Integer.MAX_VALUE : bytes;
    }

    private static List<Integer> speeds(int mask) {
        List<Integer> speeds = new ArrayList<>();
        for (int bit = 1; bit < SPEEDS.length; bit++) {
            if ((mask & 1 << bit) != 0 && !speeds.contains(SPEEDS[bit])) {
                speeds.add(SPEEDS[bit]);
            }
        }
        return List.copyOf(speeds);
    }

    private static int shortAt(long struct, Layout layout, String field) {
        return Memory.getShort(struct + layout.offset(field));
    }

    private static int intAt(long struct, Layout layout, String field) {
        return Memory.getInt(struct + layout.offset(field));
    }

    private static long longAt(long struct, Layout layout, String field) {
        return Memory.getLong(struct + layout.offset(field));
    }
}
