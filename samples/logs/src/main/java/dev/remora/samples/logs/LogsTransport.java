package dev.remora.samples.logs;

import dev.remora.runtime.config.RemoraConfig;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.List;
import java.util.ServiceLoader;

/** What configuration says, such as {@code -Dremora.transport=homa}, and the transport that follows from it. */
record LogsTransport(RemoraConfig config, Transport transport) implements AutoCloseable {
    static LogsTransport create() {
        List<TransportProvider> providers = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        RemoraConfig config = RemoraConfig.load(providers);
        TransportProvider chosen = providers.stream()
                .filter(provider -> provider.name().equals(config.transportName()))
                .findFirst()
                .orElseThrow();
        return new LogsTransport(config, chosen.create(config.transport(chosen)));
    }

    @Override
    public void close() {
        transport.close();
    }
}
