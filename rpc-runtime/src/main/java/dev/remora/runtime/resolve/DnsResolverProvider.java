package dev.remora.runtime.resolve;

import dev.remora.spi.Endpoint;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.List;

/**
 * {@code dns:///host:port}: the A and AAAA records of a host. {@code srv:///name}: SRV records, which have ports, weights and
 * priorities. With an authority, {@code dns://10.0.0.2:53/host:port}, that DNS server is asked.
 */
public final class DnsResolverProvider implements NameResolverProvider {
    private static final String SRV = "srv";

    @Override
    public String name() {
        return "dns";
    }

    @Override
    public List<String> schemes() {
        return List.of("dns", SRV);
    }

    @Override
    public List<Setting<?>> settings() {
        return DnsSettings.ALL;
    }

    @Override
    public NameResolver resolver(Target target, SettingValues values) {
        DnsClient client = new DnsClient(target, values);
        PollingResolver.Lookup lookup = target.scheme().equals(SRV)
                ? new SrvLookup(client, client.name(target.name()))
                : hostLookup(client, target);
        return new PollingResolver(
                target, lookup, values.get(DnsSettings.MIN_REFRESH), values.get(DnsSettings.MAX_REFRESH));
    }

    private static PollingResolver.Lookup hostLookup(DnsClient client, Target target) {
        Endpoint endpoint;
        try {
            endpoint = ServerAddress.of(Endpoint.parse(target.name())).endpoint();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + target + "': " + e.getMessage() + "; a DNS target is dns:///host:port", e);
        }
        return new HostLookup(client, endpoint);
    }
}
