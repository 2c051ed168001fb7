package dev.remora.bench.echo.contender;

import dev.remora.api.BindableService;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.stub.StreamObserver;
import dev.remora.bench.proto.EchoMessage;
import dev.remora.bench.proto.EchoRpc;
import dev.remora.homa.HomaSettings;
import dev.remora.homa.HomaTransportProvider;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import dev.remora.tcp.TcpSettings;
import dev.remora.tcp.TcpTransportProvider;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;

/** Remora as a service author meets it: generated stubs, channel and server with their defaults. */
public final class RemoraContender implements Contender {
    private static final int POOL_CONNECTIONS = 4;

    private final String name;
    private final String variant;
    private final TransportProvider provider;
    private final DefaultValues settings;
    private final boolean inline;

    private RemoraContender(
            String name, String variant, TransportProvider provider, DefaultValues settings, boolean inline) {
        this.name = name;
        this.variant = variant;
        this.provider = provider;
        this.settings = settings;
        this.inline = inline;
    }

    private static RemoraContender tcp(String name, String variant, UnaryOperator<DefaultValues> settings) {
        return new RemoraContender(
                name,
                "kernel TCP, " + variant,
                new TcpTransportProvider(),
                settings.apply(DefaultValues.of(TcpSettings.ALL)),
                true);
    }

    public static RemoraContender tcp() {
        return tcp("remora-tcp", "default settings, one connection", defaults -> defaults);
    }

    public static RemoraContender tcpThreads() {
        return tcp("remora-tcp-threads", "default settings, one connection", defaults -> defaults)
                .onThreads();
    }

    public static RemoraContender tcpPool() {
        return tcp(
                "remora-tcp-pool",
                POOL_CONNECTIONS + " connections",
                defaults -> defaults.with(TcpSettings.CONNECTIONS_PER_PEER, (long) POOL_CONNECTIONS));
    }

    public static RemoraContender tcpIoUring() {
        return tcp(
                "remora-tcp-uring", "io_uring, one connection", defaults -> defaults.with(TcpSettings.IO, "io-uring"));
    }

    private static RemoraContender homa(String name, String variant, UnaryOperator<DefaultValues> settings) {
        HomaTransportProvider provider = new HomaTransportProvider();
        return new RemoraContender(
                name,
                "Homa over DPDK, " + variant,
                provider,
                settings.apply(DefaultValues.of(provider.settings())),
                true);
    }

    public static RemoraContender homa() {
        return homa("remora-homa", "default settings", defaults -> defaults);
    }

    public static RemoraContender homaTwoEngines() {
        return homa("remora-homa-2", "two engines and queues", defaults -> defaults.with(HomaSettings.ENGINES, 2L));
    }

    /** Each packet handed over for itself, where else up to 64 KB go to the device in one piece. */
    public static RemoraContender homaPackets() {
        return homa(
                "remora-homa-packets",
                "cut into packets by itself",
                defaults -> defaults.with("protocol.max-gso-size", 1_500L));
    }

    /** @param idle what an engine without work does */
    public static RemoraContender homaIdle(String idle) {
        return homa("remora-homa-" + idle, "idle = " + idle, defaults -> defaults.with(HomaSettings.IDLE, idle));
    }

    public static RemoraContender homaThreads() {
        return homa("remora-homa-threads", "default settings", defaults -> defaults)
                .onThreads();
    }

    /** The same with a handler as most services have it, which may block. */
    private RemoraContender onThreads() {
        return new RemoraContender(name, variant, provider, settings, false);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "Remora, generated stubs, server method " + (inline ? "inline, " : "on virtual threads, ") + variant;
    }

    @Override
    public EchoServer start() {
        Transport transport = provider.create(settings);
        RemoraServer server = RemoraServer.builder(transport)
                .address(new Endpoint("127.0.0.1", 0))
                .service(inline ? new EchoService() : new OnThreads(new EchoService()))
                .start();
        return new Server(transport, server);
    }

    @Override
    public EchoClient connect(InetSocketAddress server) {
        Transport transport = provider.create(settings);
        RemoraChannel channel = RemoraChannel.builder(transport)
                .target(new Endpoint(server.getAddress().getHostAddress(), server.getPort()))
                .build();
        return new Client(transport, channel, EchoRpc.blockingStub(channel), EchoRpc.callbackStub(channel));
    }

    private static final class EchoService extends EchoRpc.ServiceBase {
        @Override
        public EchoMessage echo(EchoMessage request) {
            return EchoMessage.newBuilder()
                    .setId(request.getId())
                    .setPayload(request.getPayload())
                    .build();
        }
    }

    /** A service whose methods have nothing to say about threads. */
    private record OnThreads(BindableService service) implements BindableService {
        @Override
        public ServiceDescriptor descriptor() {
            return service.descriptor();
        }

        @Override
        public List<ServerMethod<?, ?>> methods() {
            return service.methods().stream()
                    .<ServerMethod<?, ?>>map(OnThreads::onThreads)
                    .toList();
        }

        private static <Q, R> ServerMethod<Q, R> onThreads(ServerMethod<Q, R> method) {
            return new ServerMethod<>(method.descriptor().withInline(false), method.handler());
        }
    }

    private record Server(Transport transport, RemoraServer server) implements EchoServer {
        @Override
        public int port() {
            return server.localAddress().port();
        }

        @Override
        public void close() {
            server.close();
            transport.close();
        }
    }

    private record Client(
            Transport transport, RemoraChannel channel, EchoRpc.BlockingStub blocking, EchoRpc.CallbackStub callback)
            implements EchoClient {
        @Override
        public EchoMessage call(EchoMessage request) {
            return blocking.echo(request);
        }

        @Override
        public void start(EchoMessage request, EchoListener listener) {
            callback.echo(request, new Responses(listener));
        }

        @Override
        public void close() {
            channel.close();
            transport.close();
        }
    }

    /** Reports the echo when the call has ended, as the contender grpc-java does. */
    private static final class Responses implements StreamObserver<EchoMessage> {
        private final EchoListener listener;
        private EchoMessage response = EchoMessage.getDefaultInstance();

        Responses(EchoListener listener) {
            this.listener = listener;
        }

        @Override
        public void onNext(EchoMessage message) {
            response = message;
        }

        @Override
        public void onError(Throwable failure) {
            listener.onFailure(failure);
        }

        @Override
        public void onCompleted() {
            listener.onEcho(response);
        }
    }
}
