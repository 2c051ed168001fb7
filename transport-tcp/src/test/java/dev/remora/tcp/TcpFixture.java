package dev.remora.tcp;

import dev.remora.contract.TransportFixture;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportProvider;
import java.util.Map;

/** TCP on the loopback interface for the contract suite. */
record TcpFixture(Map<String, String> always) implements TransportFixture {
    @Override
    public TransportProvider provider() {
        return new TcpTransportProvider();
    }

    @Override
    public Endpoint anyAddress() {
        return new Endpoint("127.0.0.1", 0);
    }

    @Override
    public Map<String, String> maxMessageBytes(int bytes) {
        return Map.of(TcpSettings.MAX_MESSAGE.name(), bytes + "B");
    }

    @Override
    public Map<String, String> maxOutstanding(int calls) {
        return Map.of(TcpSettings.CLIENT_MAX_OUTSTANDING.name(), Integer.toString(calls));
    }
}
