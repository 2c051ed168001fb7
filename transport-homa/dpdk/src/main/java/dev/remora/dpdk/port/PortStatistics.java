package dev.remora.dpdk.port;

/**
 * A port's basic counters, as its driver keeps them. Drivers differ in what they count: some never count errors, and
 * net_af_xdp counts frames as sent that it dropped.
 *
 * @param rxPackets frames received
 * @param txPackets frames sent
 * @param rxBytes bytes received
 * @param txBytes bytes sent
 * @param rxMissed frames lost because the receive queues were full
 * @param rxErrors frames received with errors
 * @param txErrors frames that could not be sent
 * @param rxNoMbuf times the pool was empty on receiving
 */
public record PortStatistics(
        long rxPackets,
        long txPackets,
        long rxBytes,
        long txBytes,
        long rxMissed,
        long rxErrors,
        long txErrors,
        long rxNoMbuf) {}
