package dev.remora.homa.host;

import dev.remora.homa.net.PeerAddress;
import dev.remora.homa.protocol.wire.IpHeader;
import java.util.Random;

/**
 * Addresses of transports: 10.x.y.z, where x.y.z is the id. Ids are even; the odd address that follows is the same transport
 * as it appears to itself, so that no packet has equal addresses at both ends.
 */
final class HostAddress {
    private static final int NETWORK = 10 << 24;

    private HostAddress() {}

    /** Neither 0 nor the last, which look like a network's own. */
    static int randomId(Random random) {
        return 2 * (1 + random.nextInt((1 << 23) - 2));
    }

    /** Lower half of the address in IPv6 form; the upper one is 0. */
    static long low(int id) {
        return IpHeader.mapped(NETWORK | id);
    }

    /** As this transport calls itself. */
    static long lowOfSelf(int id) {
        return low(id) | 1;
    }

    /** The id of the transport that has such an address. */
    static int id(long low) {
        return (int) low & 0xff_fffe;
    }

    static PeerAddress address(int id, int port) {
        return new PeerAddress(0, low(id), port);
    }
}
