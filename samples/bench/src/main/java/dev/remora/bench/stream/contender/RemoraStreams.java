package dev.remora.bench.stream.contender;

import dev.remora.api.stub.CallStreamObserver;
import dev.remora.api.stub.ClientStream;
import dev.remora.api.stub.StreamObserver;
import dev.remora.api.stub.StreamReader;
import dev.remora.api.stub.StreamWriter;
import dev.remora.bench.proto.BlockingTransferRpc;
import dev.remora.bench.proto.DownloadOrder;
import dev.remora.bench.proto.EchoMessage;
import dev.remora.bench.proto.TransferRpc;
import dev.remora.bench.proto.UploadSummary;
import dev.remora.homa.HomaTransportProvider;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import dev.remora.tcp.TcpTransportProvider;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Remora's streams, all settings at their defaults: callbacks and inline handlers, or blocking ones on virtual threads. */
public final class RemoraStreams implements StreamContender {
    private final String name;
    private final String description;
    private final TransportProvider provider;
    private final Function<RemoraChannel, Calls> style;

    private RemoraStreams(
            String name, String description, TransportProvider provider, Function<RemoraChannel, Calls> style) {
        this.name = name;
        this.description = description;
        this.provider = provider;
        this.style = style;
    }

    public static RemoraStreams tcp() {
        return new RemoraStreams(
                "remora-tcp", "kernel TCP, callbacks, inline handlers", new TcpTransportProvider(), CallbackCalls::new);
    }

    public static RemoraStreams homa() {
        return new RemoraStreams(
                "remora-homa",
                "Homa through shared memory, callbacks, inline handlers",
                new HomaTransportProvider(),
                CallbackCalls::new);
    }

    public static RemoraStreams tcpBlocking() {
        return new RemoraStreams(
                "remora-tcp-blocking",
                "kernel TCP, blocking stubs and handlers on virtual threads",
                new TcpTransportProvider(),
                BlockingCalls::new);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "Remora, generated stubs, " + description;
    }

    @Override
    public StreamServer start() {
        Transport transport = provider.create(DefaultValues.of(provider.settings()));
        RemoraServer server = RemoraServer.builder(transport)
                .address(new Endpoint("127.0.0.1", 0))
                .service(new CallbackService())
                .service(new BlockingService())
                .start();
        return new Server(transport, server);
    }

    @Override
    public StreamClient connect(InetSocketAddress server) {
        Transport transport = provider.create(DefaultValues.of(provider.settings()));
        RemoraChannel channel = RemoraChannel.builder(transport)
                .target(new Endpoint(server.getAddress().getHostAddress(), server.getPort()))
                .build();
        return new Client(transport, channel, style.apply(channel));
    }

    private record Server(Transport transport, RemoraServer server) implements StreamServer {
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

    private record Client(Transport transport, RemoraChannel channel, Calls calls) implements StreamClient {
        @Override
        public CompletableFuture<Void> download(DownloadOrder order, MessageSink sink) {
            return calls.download(order, sink);
        }

        @Override
        public CompletableFuture<Long> upload(MessageSource source) {
            return calls.upload(source);
        }

        @Override
        public void close() {
            channel.close();
            transport.close();
        }
    }

    private interface Calls {
        CompletableFuture<Void> download(DownloadOrder order, MessageSink sink);

        CompletableFuture<Long> upload(MessageSource source);
    }

    /** Sends while the stream is ready; one thread at a time, whichever it is. */
    private static final class Pump implements Runnable {
        private final MessageSource source;
        private final CallStreamObserver<EchoMessage> to;
        private boolean done;

        Pump(MessageSource source, CallStreamObserver<EchoMessage> to) {
            this.source = source;
            this.to = to;
        }

        @Override
        public void run() {
            synchronized (source) {
                while (!done && to.isReady()) {
                    EchoMessage message = source.next();
                    if (message == null) {
                        done = true;
                        to.onCompleted();
                    } else {
                        to.onNext(message);
                    }
                }
            }
        }

        static void start(MessageSource source, CallStreamObserver<EchoMessage> to) {
            Pump pump = new Pump(source, to);
            to.onReady(pump);
            pump.run();
        }
    }

    private static final class CallbackService extends TransferRpc.AsyncServiceBase {
        @Override
        public void download(DownloadOrder order, CallStreamObserver<EchoMessage> responses) {
            MessageSource source =
                    new MessageSource(order.getSizeBytes(), order.getDurationNs(), order.getMaxMessages());
            Pump.start(source, responses);
        }

        @Override
        public StreamObserver<EchoMessage> upload(CallStreamObserver<UploadSummary> responses) {
            return new StreamObserver<>() {
                private long messages;

                @Override
                public void onNext(EchoMessage message) {
                    messages++;
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    responses.onNext(
                            UploadSummary.newBuilder().setMessages(messages).build());
                    responses.onCompleted();
                }
            };
        }
    }

    private static final class BlockingService extends BlockingTransferRpc.ServiceBase {
        @Override
        public void download(DownloadOrder order, StreamWriter<EchoMessage> responses) {
            MessageSource source =
                    new MessageSource(order.getSizeBytes(), order.getDurationNs(), order.getMaxMessages());
            for (EchoMessage message = source.next(); message != null; message = source.next()) {
                responses.write(message);
            }
        }

        @Override
        public UploadSummary upload(StreamReader<EchoMessage> requests) {
            long messages = 0;
            while (requests.read() != null) {
                messages++;
            }
            return UploadSummary.newBuilder().setMessages(messages).build();
        }
    }

    private static final class CallbackCalls implements Calls {
        private final TransferRpc.CallbackStub stub;

        CallbackCalls(RemoraChannel channel) {
            stub = TransferRpc.callbackStub(channel);
        }

        @Override
        public CompletableFuture<Void> download(DownloadOrder order, MessageSink sink) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            stub.download(order, new StreamObserver<>() {
                @Override
                public void onNext(EchoMessage message) {
                    sink.accept(message);
                }

                @Override
                public void onError(Throwable failure) {
                    end.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {
                    end.complete(null);
                }
            });
            return end;
        }

        @Override
        public CompletableFuture<Long> upload(MessageSource source) {
            CompletableFuture<Long> end = new CompletableFuture<>();
            CallStreamObserver<EchoMessage> requests = stub.upload(new StreamObserver<>() {
                @Override
                public void onNext(UploadSummary summary) {
                    end.complete(summary.getMessages());
                }

                @Override
                public void onError(Throwable failure) {
                    end.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {
                    end.completeExceptionally(new IllegalStateException("no summary came"));
                }
            });
            Pump.start(source, requests);
            return end;
        }
    }

    private static final class BlockingCalls implements Calls {
        private final BlockingTransferRpc.BlockingStub stub;

        BlockingCalls(RemoraChannel channel) {
            stub = BlockingTransferRpc.blockingStub(channel);
        }

        @Override
        public CompletableFuture<Void> download(DownloadOrder order, MessageSink sink) {
            return CompletableFuture.runAsync(
                    () -> {
                        try (StreamReader<EchoMessage> responses = stub.download(order)) {
                            responses.forEach(sink::accept);
                        }
                    },
                    Thread::startVirtualThread);
        }

        @Override
        public CompletableFuture<Long> upload(MessageSource source) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try (ClientStream<EchoMessage, UploadSummary> requests = stub.upload()) {
                            for (EchoMessage message = source.next(); message != null; message = source.next()) {
                                requests.write(message);
                            }
                            return requests.finish().getMessages();
                        }
                    },
                    Thread::startVirtualThread);
        }
    }
}
