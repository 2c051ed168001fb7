package dev.remora.homa;

import dev.remora.contract.TransportFixture;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportMetric;
import dev.remora.spi.TransportProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Homa between two network namespaces for the contract suite. What a test takes for one transport is two: calls start in one
 * namespace and are served in the other. Each has IP addresses of its own, as processes on one interface should.
 */
final class InterfaceFixture implements TransportFixture {
    /** The rig's own addresses lie below and above. */
    private static final int FIRST_ADDRESS = 110;

    private final InterfaceRig rig;
    private final Map<String, String> always;
    private final AtomicInteger nextAddress = new AtomicInteger(FIRST_ADDRESS);

    InterfaceFixture(InterfaceRig rig, Map<String, String> always) {
        this.rig = rig;
        this.always = always;
    }

    @Override
    public TransportProvider provider() {
        return new HomaTransportProvider();
    }

    @Override
    public Endpoint anyAddress() {
        return new Endpoint("*", 0);
    }

    @Override
    public Transport create(Map<String, String> overrides) {
        return new Across(
                rig.transport(rig.spaces.first(), values(overrides)),
                rig.transport(rig.spaces.second(), values(overrides)));
    }

    private Map<String, String> values(Map<String, String> overrides) {
        Map<String, String> values = new HashMap<>(always);
        values.put("interface.address", "10.77.0." + nextAddress.getAndIncrement() + "/24");
        values.putAll(overrides);
        return values;
    }

    @Override
    public OptionalLong buffersInUse(Transport transport) {
        Across across = (Across) transport;
        return OptionalLong.of(across.calling.buffersInUse() + across.serving.buffersInUse());
    }

    private record Across(HomaTransport calling, HomaTransport serving) implements Transport {
        @Override
        public String name() {
            return calling.name();
        }

        @Override
        public TransportCapabilities capabilities() {
            return calling.capabilities();
        }

        @Override
        public ClientTransport connect(Endpoint peer) {
            return calling.connect(peer);
        }

        @Override
        public ServerTransport listen(Endpoint local, RequestHandler handler) {
            return serving.listen(local, handler);
        }

        @Override
        public List<TransportMetric> metrics() {
            return calling.metrics();
        }

        @Override
        public void close() {
            calling.close();
            serving.close();
        }
    }
}
