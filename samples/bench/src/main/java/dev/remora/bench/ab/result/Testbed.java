package dev.remora.bench.ab.result;

/**
 * The hosts and links.
 *
 * @param kind {@code namespaces}: hosts of their own behind a switch; {@code processes}: of one host, over loopback or shared memory
 * @param pattern {@code fan-in} (clients choose among the servers), {@code incast}, {@code all-to-all}
 * @param linkMbps of each host and switch port in Mbit/s; 0 = not limited
 * @param bufferBytes of each switch port and priority; 0 = unknown
 * @param mtu in bytes, without the Ethernet header
 * @param congestionControl of TCP, as the kernel names it
 * @param priorities whether switch ports obey DSCP
 */
public record Testbed(
        String kind,
        String pattern,
        int clients,
        int servers,
        double linkMbps,
        int bufferBytes,
        int mtu,
        String congestionControl,
        boolean priorities) {}
