package dev.remora.bench.load;

/**
 * What a load means in calls per second. The load is the part of a link's rate that the requests take, headers included:
 *
 * <pre>
 * packets(message)  = ceil(message / 1424), 1 at least
 * bytes(message)    = message + packets * 114
 * calls per second  = load * rate of all links / (8 * mean of bytes(message))
 * </pre>
 *
 * <p>114 bytes are those around the payload of Homa's DATA packet at an MTU of 1500: preamble and gap 20, Ethernet with checksum
 * 18, IPv4 20, Homa 56; so 1424 are left for the message. TCP's are smaller (90 with timestamps), but the same messages at the
 * same times are what makes transports comparable, so one number serves all, and it is the larger one: a load below 1 is then
 * one that each of them can carry. Grants, acknowledgments and what an RPC framework puts around a message (some 10 to
 * 60 bytes) are not counted.
 */
public final class Rates {
    public static final int PACKET_OVERHEAD_BYTES = 20 + 18 + 20 + 56;
    public static final int PACKET_PAYLOAD_BYTES = 1_500 - 20 - 56;

    private Rates() {}

    /** Bytes that a message of so many takes on the wire. */
    public static long wireBytes(int messageBytes) {
        long packets = Math.max(1, Math.ceilDiv(messageBytes, PACKET_PAYLOAD_BYTES));
        return messageBytes + packets * PACKET_OVERHEAD_BYTES;
    }

    /** Mean of {@link #wireBytes} over the messages. */
    public static double meanWireBytes(SizeDistribution sizes) {
        double sum = 0;
        for (int i = 0; i < sizes.count(); i++) {
            sum += sizes.share(i) * wireBytes(sizes.size(i));
        }
        return sum;
    }

    /**
     * Calls per second of all clients together.
     *
     * @param load above 0; of each link
     * @param linkMbps rate of each link that requests arrive on, in Mbit/s, above 0
     * @param links of the servers
     */
    public static double callsPerSecond(SizeDistribution sizes, double load, double linkMbps, int links) {
        if (!(load > 0) || !(linkMbps > 0) || links < 1 || !Double.isFinite(load * linkMbps)) {
            throw new IllegalArgumentException("load " + load + " of " + links + " links with " + linkMbps
                    + " Mbit/s: all must be above 0; without limited links, give calls per second instead");
        }
        return load * links * linkMbps * 1e6 / (8 * meanWireBytes(sizes));
    }

    /** The load that so many calls per second of all clients together are; the inverse of {@link #callsPerSecond}. */
    public static double load(SizeDistribution sizes, double callsPerSecond, double linkMbps, int links) {
        return callsPerSecond / callsPerSecond(sizes, 1, linkMbps, links);
    }
}
