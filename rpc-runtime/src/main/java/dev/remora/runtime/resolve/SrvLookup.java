package dev.remora.runtime.resolve;

import dev.remora.spi.Endpoint;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/**
 * SRV records (RFC 2782) and the addresses of the hosts they name. A host without addresses is left out; one that cannot be
 * looked up makes the whole look-up fail, since its server may well be there.
 */
final class SrvLookup implements PollingResolver.Lookup {
    private static final Logger LOG = LoggerFactory.getLogger(SrvLookup.class);

    private final DnsClient client;
    private final Name name;

    SrvLookup(DnsClient client, Name name) {
        this.client = client;
        this.name = name;
    }

    @Override
    public PollingResolver.Found look() throws ResolveFailure, InterruptedException {
        DnsClient.Answer answer = client.ask(name, Type.SRV);
        if (answer.records().isEmpty()) {
            throw new ResolveFailure.NoSuchName("DNS: " + name + " " + answer.whyEmpty());
        }
        Map<Name, DnsClient.Addresses> hosts = new HashMap<>();
        Map<Endpoint, ServerAddress> servers = new LinkedHashMap<>();
        long validNs = Long.MAX_VALUE;
        for (Record record : answer.records()) {
            // A target of "." says that the service is decidedly not there.
            if (!(record instanceof SRVRecord srv) || srv.getTarget().equals(Name.root) || srv.getPort() == 0) {
                continue;
            }
            validNs = Math.min(validNs, DnsClient.seconds(srv.getTTL()));
            DnsClient.Addresses found = hosts.get(srv.getTarget());
            if (found == null) {
                found = addresses(srv.getTarget());
                hosts.put(srv.getTarget(), found);
            }
            validNs = Math.min(validNs, found.ttlNs());
            for (InetAddress address : found.addresses()) {
                Endpoint endpoint = new Endpoint(address.getHostAddress(), srv.getPort());
                // Weight 0 means "hardly ever" in the RFC.
                servers.putIfAbsent(
                        endpoint, new ServerAddress(endpoint, Math.max(1, srv.getWeight()), srv.getPriority()));
            }
            if (servers.size() > NameResolver.MAX_ADDRESSES) {
                break;
            }
        }
        if (servers.isEmpty()) {
            throw new ResolveFailure.NoSuchName("DNS: the SRV records of " + name + " name no host with an address");
        }
        return new PollingResolver.Found(
                servers.values().stream().sorted(ServerOrder.BY_ADDRESS).toList(), validNs);
    }

    private DnsClient.Addresses addresses(Name host) throws ResolveFailure, InterruptedException {
        try {
            return client.addresses(host);
        } catch (ResolveFailure.NoSuchName e) {
            LOG.debug("left out of {}: {}", name, e.getMessage());
            return new DnsClient.Addresses(List.of(), Long.MAX_VALUE);
        }
    }
}
