package dev.remora.bench.ab.side;

import com.google.protobuf.ByteString;
import dev.remora.api.stub.StreamObserver;
import dev.remora.bench.load.Outcome;
import dev.remora.bench.proto.LoadRequest;
import dev.remora.bench.proto.LoadResponse;
import dev.remora.bench.proto.LoadRpc;
import dev.remora.homa.HomaSettings;
import dev.remora.homa.HomaTransportProvider;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportMetric;
import dev.remora.spi.TransportProvider;
import dev.remora.tcp.TcpSettings;
import dev.remora.tcp.TcpTransportProvider;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Remora as a service author meets it: generated stubs, an inline method, the transport's defaults but for what the link needs. */
public final class RemoraSide implements Side {
    private final String name;
    private final String description;
    private final int connections;
    private final TransportProvider provider;
    private final Function<SideHost, Map<String, Object>> settings;

    private RemoraSide(
            String name,
            String description,
            int connections,
            TransportProvider provider,
            Function<SideHost, Map<String, Object>> settings) {
        this.name = name;
        this.description = description;
        this.connections = connections;
        this.provider = provider;
        this.settings = settings;
    }

    /** Homa in TCP headers; through a packet socket between hosts, through shared memory on one. */
    public static RemoraSide homa() {
        return homa("remora-homa", "Homa in TCP headers", Map.of());
    }

    /** @param more settings by name, over those that the link needs */
    public static RemoraSide homa(String name, String description, Map<String, Object> more) {
        return new RemoraSide(name, "Remora over " + description, 0, new HomaTransportProvider(), host -> {
            Map<String, Object> all = new LinkedHashMap<>(homaSettings(host));
            all.putAll(more);
            return all;
        });
    }

    private static Map<String, Object> homaSettings(SideHost host) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (host.interfaceName().isEmpty()) {
            all.put(HomaSettings.HOST_FOLDER.name(), host.folder());
        } else {
            all.put(HomaSettings.NETWORK.name(), "interface");
            all.put(HomaSettings.INTERFACE_NAME.name(), host.interfaceName());
            all.put(HomaSettings.LINK_MBPS.name(), (long) host.linkMbps());
            // More engines than CPUs: they sleep on their sockets, as TCP's event loops do.
            all.put(HomaSettings.IDLE.name(), "park");
        }
        return all;
    }

    /** Kernel TCP. */
    public static RemoraSide tcp(int connections) {
        return new RemoraSide(
                connections == 1 ? "remora-tcp" : "remora-tcp-" + connections,
                "Remora over kernel TCP, " + (connections == 1 ? "one connection" : connections + " connections")
                        + " per peer",
                connections,
                new TcpTransportProvider(),
                host -> connections == 1
                        ? Map.of()
                        : Map.of(TcpSettings.CONNECTIONS_PER_PEER.name(), (long) connections));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int connections() {
        return connections;
    }

    @Override
    public String packetThreads() {
        return "remora-";
    }

    @Override
    public Map<String, String> settings(SideHost host) {
        Map<String, String> texts = new LinkedHashMap<>();
        settings.apply(host).forEach((knob, value) -> texts.put(knob, value.toString()));
        return texts;
    }

    private Transport transport(SideHost host) {
        DefaultValues values = DefaultValues.of(provider.settings());
        for (Map.Entry<String, Object> wanted : settings.apply(host).entrySet()) {
            values = values.with(wanted.getKey(), wanted.getValue());
        }
        return provider.create(values);
    }

    @Override
    public SideServer serve(SideHost host) {
        Transport transport = transport(host);
        RemoraServer server = RemoraServer.builder(transport)
                .address(new Endpoint(host.address(), 0))
                .service(new LoadService())
                .start();
        return new Server(transport, server, Counted.of(transport));
    }

    @Override
    public SideClient connect(SideHost host, List<InetSocketAddress> servers) {
        Transport transport = transport(host);
        List<RemoraChannel> channels = new ArrayList<>();
        List<LoadRpc.CallbackStub> stubs = new ArrayList<>();
        for (InetSocketAddress server : servers) {
            RemoraChannel channel = RemoraChannel.builder(transport)
                    .target(new Endpoint(server.getAddress().getHostAddress(), server.getPort()))
                    .build();
            channels.add(channel);
            stubs.add(LoadRpc.callbackStub(channel));
        }
        return new Client(transport, channels, stubs, Counted.of(transport));
    }

    private static final class LoadService extends LoadRpc.ServiceBase {
        @Override
        public LoadResponse transfer(LoadRequest request) {
            return LoadResponse.newBuilder()
                    .setPayload(Payloads.of(request.getResponseBytes()))
                    .build();
        }
    }

    /** The transport's own counters, or the kernel's where it has none of that kind. */
    private record Counted(List<TransportMetric> grants, List<TransportMetric> resent, boolean ofKernel) {
        static Counted of(Transport transport) {
            List<TransportMetric> resent = named(transport, "protocol.resent-packets");
            return new Counted(named(transport, "protocol.packets-sent-grant"), resent, resent.isEmpty());
        }

        private static List<TransportMetric> named(Transport transport, String name) {
            return transport.metrics().stream()
                    .filter(metric -> metric.name().equals(name))
                    .toList();
        }

        long grantsSent() {
            return sum(grants);
        }

        long sentAgain() {
            return ofKernel ? TcpSegments.retransmitted() : sum(resent);
        }

        private static long sum(List<TransportMetric> metrics) {
            return metrics.stream().mapToLong(m -> m.value().getAsLong()).sum();
        }
    }

    private record Server(Transport transport, RemoraServer server, Counted counted) implements SideServer {
        @Override
        public int port() {
            return server.localAddress().port();
        }

        @Override
        public long grants() {
            return counted.grantsSent();
        }

        @Override
        public long retransmissions() {
            return counted.sentAgain();
        }

        @Override
        public void close() {
            server.close();
            transport.close();
        }
    }

    private record Client(
            Transport transport, List<RemoraChannel> channels, List<LoadRpc.CallbackStub> stubs, Counted counted)
            implements SideClient {
        @Override
        public void start(int target, int requestBytes, int responseBytes, Outcome outcome) {
            ByteString payload = Payloads.of(requestBytes);
            LoadRequest request = LoadRequest.newBuilder()
                    .setResponseBytes(responseBytes)
                    .setPayload(payload)
                    .build();
            stubs.get(target).transfer(request, new Ending(outcome, responseBytes));
        }

        @Override
        public long grants() {
            return counted.grantsSent();
        }

        @Override
        public long retransmissions() {
            return counted.sentAgain();
        }

        @Override
        public void close() {
            channels.forEach(RemoraChannel::close);
            transport.close();
        }
    }

    private static final class Ending implements StreamObserver<LoadResponse> {
        private final Outcome outcome;
        private final int expectedBytes;
        private int bytes = -1;

        Ending(Outcome outcome, int expectedBytes) {
            this.outcome = outcome;
            this.expectedBytes = expectedBytes;
        }

        @Override
        public void onNext(LoadResponse message) {
            bytes = message.getPayload().size();
        }

        @Override
        public void onError(Throwable failure) {
            outcome.failed(failure);
        }

        @Override
        public void onCompleted() {
            if (bytes == expectedBytes) {
                outcome.succeeded();
            } else {
                outcome.failed(
                        new IllegalStateException("response of " + bytes + " bytes instead of " + expectedBytes));
            }
        }
    }
}
