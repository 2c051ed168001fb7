package dev.remora.runtime.resolve;

import dev.remora.spi.Endpoint;
import java.net.InetAddress;
import java.util.List;
import org.xbill.DNS.Name;

/** The addresses of one host, all with one port. Sorted, so that a server that turns its records round changes nothing. */
final class HostLookup implements PollingResolver.Lookup {
    private final DnsClient client;
    private final Endpoint endpoint;
    /** Unused if the host is an address already. */
    private final Name host;

    private final boolean literal;

    HostLookup(DnsClient client, Endpoint endpoint) {
        this.client = client;
        this.endpoint = endpoint;
        this.literal = isLiteral(endpoint.host());
        this.host = literal ? Name.root : client.name(endpoint.host());
    }

    private static boolean isLiteral(String host) {
        try {
            InetAddress.ofLiteral(host);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public PollingResolver.Found look() throws ResolveFailure, InterruptedException {
        if (literal) {
            return new PollingResolver.Found(List.of(ServerAddress.of(endpoint)), Long.MAX_VALUE);
        }
        DnsClient.Addresses found = client.addresses(host);
        return new PollingResolver.Found(
                found.addresses().stream()
                        .map(address -> new Endpoint(address.getHostAddress(), endpoint.port()))
                        .distinct()
                        .map(ServerAddress::of)
                        .sorted(ServerOrder.BY_ADDRESS)
                        .toList(),
                found.ttlNs());
    }
}
