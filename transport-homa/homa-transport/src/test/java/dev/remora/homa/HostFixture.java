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
    private final int engines;

    /**
     * @param folder where the transports meet; a short path, as sockets are made in it
     * @param engines of each transport
     */
    HostFixture(Path folder, int engines) {
        this.folder = folder;
        this.engines = engines;
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
        return Map.of(
                "host.folder",
                folder.toString(),
                "engines",
                Integer.toString(engines),
                // The end of a peer is told by the kernel: silence is only that of an engine without a CPU.
                "protocol.timeout-ticks",
                Integer.toString(HomaFixture.PATIENT_TICKS));
    }

    @Override
    public OptionalLong buffersInUse(Transport transport) {
        return OptionalLong.of(((HomaTransport) transport).buffersInUse());
    }
}
