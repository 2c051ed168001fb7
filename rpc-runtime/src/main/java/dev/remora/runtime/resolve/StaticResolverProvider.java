package dev.remora.runtime.resolve;

import dev.remora.spi.SettingValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code static:a:7000,b:7000 weight=3}: the addresses themselves, for good. */
public final class StaticResolverProvider implements NameResolverProvider {
    @Override
    public String name() {
        return Target.STATIC;
    }

    @Override
    public NameResolver resolver(Target target, SettingValues values) {
        return new Fixed(parse(target));
    }

    private static List<ServerAddress> parse(Target target) {
        Map<Object, ServerAddress> addresses = new LinkedHashMap<>();
        for (String one : target.name().split(",", -1)) {
            if (one.isBlank()) {
                throw new IllegalArgumentException("'" + target + "' has a comma with no address beside it");
            }
            ServerAddress address = ServerAddress.parse(one);
            if (addresses.put(address.endpoint(), address) != null) {
                throw new IllegalArgumentException("'" + target + "' names " + address.endpoint()
                        + " twice: give it a weight instead, such as '" + address.endpoint() + " weight=2'");
            }
        }
        if (addresses.size() > NameResolver.MAX_ADDRESSES) {
            throw new IllegalArgumentException("a target of " + addresses.size() + " addresses; at most "
                    + NameResolver.MAX_ADDRESSES + " are possible");
        }
        return new ArrayList<>(addresses.values());
    }

    private record Fixed(List<ServerAddress> addresses) implements NameResolver {
        private Fixed {
            addresses = List.copyOf(addresses);
        }

        @Override
        public void start(Listener listener) {
            listener.onAddresses(addresses);
        }

        @Override
        public void close() {}
    }
}
