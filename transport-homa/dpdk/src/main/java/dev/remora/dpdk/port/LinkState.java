package dev.remora.dpdk.port;

/**
 * What a port says about its link.
 *
 * @param up whether frames can pass
 * @param speedMbps in Mbit/s; -1 when the driver does not know
 * @param fullDuplex whether both directions at once
 */
public record LinkState(boolean up, int speedMbps, boolean fullDuplex) {}
