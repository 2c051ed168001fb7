package dev.remora.runtime.guice;

import dev.remora.spi.Endpoint;
import java.net.InetAddress;

/** What a server tells its registry: where clients shall call it. */
final class AdvertisedAddress {
    private AdvertisedAddress() {}

    /**
     * @param configured host or host:port, empty for the local address
     * @param local where the server listens, with the real port
     * @throws IllegalArgumentException if nobody could call it there
     */
    static Endpoint of(String configured, Endpoint local) {
        if (configured.isEmpty()) {
            if (isWildcard(local.host())) {
                throw new IllegalArgumentException("the server listens on " + local + ", which clients cannot call: set"
                        + " remora.server.advertise to the host that they shall call");
            }
            return local;
        }
        boolean bareAddress = configured.indexOf(':') != configured.lastIndexOf(':') && !configured.startsWith("[");
        return bareAddress || configured.indexOf(':') < 0
                ? new Endpoint(configured, local.port())
                : Endpoint.parse(configured);
    }

    private static boolean isWildcard(String host) {
        try {
            return InetAddress.ofLiteral(host).isAnyLocalAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name
        }
    }
}
