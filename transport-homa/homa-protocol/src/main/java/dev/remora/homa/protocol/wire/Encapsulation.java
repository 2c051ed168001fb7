package dev.remora.homa.protocol.wire;

/** What a Homa packet looks like to the network. A receiver takes any form at any time. */
public enum Encapsulation {
    /** As TCP, so that NICs cut frames and spread arriving packets over queues. */
    TCP_HEADER(HomaHeader.PROTOCOL_TCP, 0),

    /** Under the IP protocol number assigned to Homa. */
    HOMA(HomaHeader.PROTOCOL_HOMA, 0),

    /** Behind a {@link UdpHeader}, for networks that let nothing else through. Nothing cuts such frames but software. */
    UDP(HomaHeader.PROTOCOL_UDP, UdpHeader.BYTES);

    private final int ipProtocol;
    private final int outerBytes;

    Encapsulation(int ipProtocol, int outerBytes) {
        this.ipProtocol = ipProtocol;
        this.outerBytes = outerBytes;
    }

    public int ipProtocol() {
        return ipProtocol;
    }

    /** Bytes between the IP header and the Homa header. */
    public int outerBytes() {
        return outerBytes;
    }
}
