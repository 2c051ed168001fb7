package dev.remora.homa.protocol.wire;

/**
 * How much data goes into a packet and into a frame that is to be cut. Frames hold whole multiples of a full packet's
 * data, so that a message is cut into equal packets whatever cuts it.
 */
public final class FrameSize {
    /** What the length fields of both IP headers can say. */
    private static final int MAX_IP_LENGTH = 65_535;

    private static final int INTERLEAVED_OFFSET_BYTES = HomaHeader.DATA_BYTES - HomaHeader.NATIVE_REPLICATED_BYTES;

    private FrameSize() {}

    /** Longest Homa packet one IP header can announce. */
    static int maxPayload(boolean ipv6) {
        return ipv6 ? MAX_IP_LENGTH : MAX_IP_LENGTH - IpHeader.IPV4_BYTES;
    }

    /** Message bytes in a full packet; behind a UDP header as many less as that takes. */
    public static int segmentBytes(int mtu, boolean ipv6) {
        int bytes = mtu - IpHeader.headerBytes(ipv6) - HomaHeader.DATA_BYTES;
        if (bytes < 1) {
            throw new IllegalArgumentException("MTU " + mtu + " has no room for data");
        }
        return bytes;
    }

    /** What the NIC is told to cut at: native segments bring their own offset along as payload. */
    public static int cutBytes(Encapsulation encapsulation, int segmentBytes) {
        return encapsulation == Encapsulation.TCP_HEADER ? segmentBytes : segmentBytes + INTERLEAVED_OFFSET_BYTES;
    }

    /**
     * Full packets in one frame, at least 1; behind a UDP header no more, since nothing cuts that.
     *
     * @param deviceLimit longest frame the NIC takes, without Ethernet header
     * @param maxGsoSize longest frame wanted; a long one saves work and holds up what is more urgent
     */
    public static int segmentsPerFrame(
            Encapsulation encapsulation, int mtu, boolean ipv6, int deviceLimit, int maxGsoSize) {
        if (encapsulation == Encapsulation.UDP) {
            return 1;
        }
        int ip = IpHeader.headerBytes(ipv6);
        int longest = ip + maxPayload(ipv6);
        int frame = Math.min(Math.max(Math.min(deviceLimit, maxGsoSize), mtu), longest);
        int replicated =
                encapsulation == Encapsulation.TCP_HEADER ? HomaHeader.DATA_BYTES : HomaHeader.NATIVE_REPLICATED_BYTES;
        return Math.max(1, (frame - ip - replicated) / cutBytes(encapsulation, segmentBytes(mtu, ipv6)));
    }
}
