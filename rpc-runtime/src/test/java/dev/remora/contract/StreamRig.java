package dev.remora.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallOptions;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Setting;
import dev.remora.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What one test of streams uses: a transport for the client and one for the server, servers, channels and threads. Closing it
 * checks what holds for every test: no stream is left on either side.
 */
public final class StreamRig implements AutoCloseable {
    static final String SERVICE = "contract.Streams";
    static final MethodDescriptor<StringValue, StringValue> SERVER = text("Server", Shape.SERVER_STREAMING);
    static final MethodDescriptor<StringValue, StringValue> CLIENT = text("Client", Shape.CLIENT_STREAMING);
    static final MethodDescriptor<StringValue, StringValue> BIDI = text("Bidi", Shape.BIDI_STREAMING);

    private final Supplier<Transport> transports;
    private final Supplier<Endpoint> addresses;
    private final Transport clientSide;
    private final Transport serverSide;
    private final Queue<AutoCloseable> toClose = new ConcurrentLinkedQueue<>();
    private final List<RemoraServer> servers = new ArrayList<>();
    private final List<RemoraChannel> channels = new ArrayList<>();
    private final Queue<Future<?>> running = new ConcurrentLinkedQueue<>();

    StreamRig(Supplier<Transport> transports, Supplier<Endpoint> addresses) {
        this.transports = transports;
        this.addresses = addresses;
        this.clientSide = transports.get();
        this.serverSide = transports.get();
    }

    static MethodDescriptor<StringValue, StringValue> text(String name, Shape shape) {
        return MethodDescriptor.protobuf(
                SERVICE, name, shape, StringValue.getDefaultInstance(), StringValue.getDefaultInstance());
    }

    static MethodDescriptor<BytesValue, BytesValue> bytes(String name, Shape shape) {
        return MethodDescriptor.protobuf(
                SERVICE, name, shape, BytesValue.getDefaultInstance(), BytesValue.getDefaultInstance());
    }

    static StringValue of(String text) {
        return StringValue.of(text);
    }

    static StringValue of(int number) {
        return StringValue.of(Integer.toString(number));
    }

    static int number(StringValue message) {
        return Integer.parseInt(message.getValue());
    }

    /** Bytes that tell their number and their place. */
    static BytesValue blob(int number, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (number * 31 + i * 7 + (i >> 8));
        }
        return BytesValue.of(ByteString.copyFrom(bytes));
    }

    /** So late that reaching it means "never". */
    static CallOptions patient() {
        return CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(2L * Patience.BOUND_S));
    }

    public static <Q, R> BindableService service(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
        return service(List.of(new ServerMethod<>(method, handler)));
    }

    static BindableService service(List<ServerMethod<?, ?>> methods) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                List<MethodDescriptor<?, ?>> served = new ArrayList<>();
                methods.forEach(method -> served.add(method.descriptor()));
                return new ServiceDescriptor(SERVICE, served, () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return methods;
            }
        };
    }

    /** Default settings of a server, to be changed. */
    static DefaultValues serverSettings() {
        return DefaultValues.of(ServerSettings.ALL);
    }

    /** Default settings of a channel, to be changed. */
    static DefaultValues clientSettings() {
        return DefaultValues.of(ClientSettings.ALL);
    }

    /** A side whose keep-alive and lease are so short that a test can wait for them. */
    static DefaultValues lively(DefaultValues settings, Setting<Long> keepalive, Setting<Long> lease) {
        return settings.with(keepalive, 20_000_000L).with(lease, 150_000_000L);
    }

    <Q, R> RemoraServer serve(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
        return serve(serverSettings(), service(method, handler));
    }

    RemoraServer serve(DefaultValues settings, BindableService... services) {
        return serve(serverSide, settings, services);
    }

    RemoraServer serve(Transport transport, DefaultValues settings, BindableService... services) {
        RemoraServer.Builder builder =
                RemoraServer.builder(transport).address(addresses.get()).settings(settings);
        for (BindableService service : services) {
            builder.service(service);
        }
        return started(builder);
    }

    /** Starts a server that a test has built by itself. */
    RemoraServer started(RemoraServer.Builder builder) {
        RemoraServer server = builder.start();
        servers.add(server);
        toClose.add(server);
        return server;
    }

    RemoraChannel channelTo(RemoraServer server) {
        return channelTo(server, clientSettings());
    }

    RemoraChannel channelTo(RemoraServer server, DefaultValues settings) {
        return channelTo(clientSide, server, settings);
    }

    RemoraChannel channelTo(Transport transport, RemoraServer server, DefaultValues settings) {
        return built(
                RemoraChannel.builder(transport).target(server.localAddress()).settings(settings));
    }

    RemoraChannel built(RemoraChannel.Builder builder) {
        RemoraChannel channel = builder.build();
        channels.add(channel);
        toClose.add(channel);
        return channel;
    }

    Transport clientSide() {
        return clientSide;
    }

    Transport serverSide() {
        return serverSide;
    }

    Endpoint freshAddress() {
        return addresses.get();
    }

    /** One more transport, closed at the end. */
    Transport newTransport() {
        Transport transport = transports.get();
        toClose.add(transport);
        return transport;
    }

    /** Something that runs on a thread of its own. */
    interface Body {
        void run() throws Exception;
    }

    /** Runs on a virtual thread; a failure fails the test. */
    Future<?> start(Body body) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            body.run();
            return null;
        });
        running.add(task);
        Thread.ofVirtual().start(task);
        return task;
    }

    /** Waits for all that was started. */
    void joinAll() {
        for (Future<?> task : running) {
            try {
                task.get(2L * Patience.BOUND_S, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("what runs beside the test failed, or hangs", e);
            }
        }
    }

    /** No stream is open on either side. */
    void awaitNoStreams() {
        Patience.until(
                () -> channels.stream().allMatch(channel -> channel.openStreams() == 0)
                        && servers.stream().allMatch(server -> server.openStreams() == 0),
                "no stream is left");
    }

    @Override
    public void close() {
        AssertionError failure = null;
        try {
            joinAll();
            awaitNoStreams();
        } catch (AssertionError e) {
            failure = e;
        }
        // Closed whatever has failed: the next test is not to suffer from this one.
        for (AutoCloseable one : new ArrayList<>(toClose).reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                failure = new AssertionError("does not close", e);
            }
        }
        clientSide.close();
        serverSide.close();
        if (failure != null) {
            throw failure;
        }
        Patience.until(() -> servers.stream().allMatch(server -> server.callsInProgress() == 0), "no handler is left");
    }
}
