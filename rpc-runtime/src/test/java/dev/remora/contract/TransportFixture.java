package dev.remora.contract;

import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.Map;
import java.util.OptionalLong;

/** What the contract suite must know of a transport beyond its SPI. Overrides map names of settings to their text. */
public interface TransportFixture {
    TransportProvider provider();

    /** Where a test server listens: an address of this machine with port 0. */
    Endpoint anyAddress();

    /** Overrides for every instance, such as shorter time-outs. */
    default Map<String, String> always() {
        return Map.of();
    }

    /** Overrides that make {@code bytes} the largest message. */
    default Map<String, String> maxMessageBytes(int bytes) {
        return Map.of("max-message-bytes", Integer.toString(bytes));
    }

    /** Overrides that let a client have {@code calls} calls outstanding. */
    default Map<String, String> maxOutstanding(int calls) {
        return Map.of("max-outstanding", Integer.toString(calls));
    }

    /** Message buffers of that transport which nobody has released yet; empty if it cannot tell. */
    default OptionalLong buffersInUse(Transport transport) {
        return OptionalLong.empty();
    }

    /** A new instance, as another process would have it. */
    default Transport create(Map<String, String> overrides) {
        TransportProvider provider = provider();
        return provider.create(ContractSettings.of(provider, always()).with(overrides));
    }
}
