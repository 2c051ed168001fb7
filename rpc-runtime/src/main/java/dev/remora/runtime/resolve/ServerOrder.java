package dev.remora.runtime.resolve;

import java.util.Comparator;

/** Orders of addresses that come in none. */
final class ServerOrder {
    /** Lowest priority number first, then by the text of the address. */
    static final Comparator<ServerAddress> BY_ADDRESS = Comparator.comparingInt(ServerAddress::priority)
            .thenComparing(address -> address.endpoint().toString());

    private ServerOrder() {}
}
