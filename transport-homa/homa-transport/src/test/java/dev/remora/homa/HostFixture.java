package dev.remora.homa;

import dev.remora.contract.TransportFixture;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/** Homa over shared memory between transports of this JVM, through DPDK's vhost-user and virtio-user. */
final class HostFixture implements TransportFixture {
    private final Path folder;

    /** @param folder where the transports meet; a short path, as sockets are made in it */
    HostFixture(Path folder) {
        this.folder = folder;
    }

    @Override
    public TransportProvider provider() {
        return new HomaTransportProvider();
    }

    @Override
    public Endpoint anyAddress() {
        return new Endpoint("127.0.0.1", 0);
    }

    @Override
    public Map<String, String> always() {
        return Map.of("host.folder", folder.toString());
    }

    @Override
    public OptionalLong buffersInUse(Transport transport) {
        return OptionalLong.of(((HomaTransport) transport).buffersInUse());
    }
}
