package dev.remora.runtime.metrics;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportMetric;
import java.util.List;

/** A transport that has metrics and carries nothing. */
public record CountingTransport(String name, List<TransportMetric> metrics) implements Transport {
    public CountingTransport(String name, TransportMetric... metrics) {
        this(name, List.of(metrics));
    }

    @Override
    public TransportCapabilities capabilities() {
        return new TransportCapabilities(1000, true, true, false, true);
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
