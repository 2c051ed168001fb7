package dev.remora.homa.protocol.wire;

/** What a Homa packet looks like to the network. A receiver takes any form at any time. */
public enum Encapsulation {
    /** As TCP, so that NICs cut frames and spread arriving packets over queues. */
    TCP_HEADER(HomaHeader.PROTOCOL_TCP),

    /** Under the IP protocol number assigned to Homa. */
    HOMA(HomaHeader.PROTOCOL_HOMA);

    private final int ipProtocol;

    Encapsulation(int ipProtocol) {
        this.ipProtocol = ipProtocol;
    }

    public int ipProtocol() {
        return ipProtocol;
    }
}
