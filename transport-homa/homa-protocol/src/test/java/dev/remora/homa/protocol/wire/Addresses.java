package dev.remora.homa.protocol.wire;

/** The hosts of the golden packets. */
final class Addresses {
    static final int CLIENT_PORT = 32768;
    static final int SERVER_PORT = 4000;

    static final long CLIENT = IpHeader.mapped(0x0a000001);
    static final long SERVER = IpHeader.mapped(0x0a000002);

    /** Upper half of both IPv6 addresses, fd00::1 and fd00::2. */
    static final long HIGH = 0xfd00L << 48;

    private Addresses() {}
}
