package dev.remora.bench.stream.contender;

import com.google.protobuf.Message;
import dev.remora.bench.proto.DownloadOrder;
import dev.remora.bench.proto.EchoMessage;
import dev.remora.bench.proto.UploadSummary;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/** grpc-java at its fastest: direct executor on both sides, its own Netty with epoll, large flow-control windows, callbacks. */
public final class GrpcStreams implements StreamContender {
    private static final String SERVICE = "remora.bench.Transfer";
    private static final int WINDOW_BYTES = 8 << 20;
    private static final int MAX_MESSAGE_BYTES = 17 << 20;

    private static final MethodDescriptor<DownloadOrder, EchoMessage> DOWNLOAD = method(
            MethodType.SERVER_STREAMING,
            "Download",
            DownloadOrder.getDefaultInstance(),
            EchoMessage.getDefaultInstance());
    private static final MethodDescriptor<EchoMessage, UploadSummary> UPLOAD = method(
            MethodType.CLIENT_STREAMING,
            "Upload",
            EchoMessage.getDefaultInstance(),
            UploadSummary.getDefaultInstance());

    private static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
            MethodType type, String name, Q request, R response) {
        return MethodDescriptor.<Q, R>newBuilder()
                .setType(type)
                .setFullMethodName(SERVICE + "/" + name)
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
    }

    @Override
    public String name() {
        return "grpc-java";
    }

    @Override
    public String description() {
        return "grpc-java (shaded Netty), one channel, callbacks, directExecutor on both sides, flow-control window 8 MiB";
    }

    @Override
    public StreamServer start() throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(DOWNLOAD, ServerCalls.asyncServerStreamingCall(GrpcStreams::download))
                        .addMethod(UPLOAD, ServerCalls.asyncClientStreamingCall(GrpcStreams::upload))
                        .build())
                .build()
                .start();
        return new RunningServer(server);
    }

    private static void download(DownloadOrder order, StreamObserver<EchoMessage> responses) {
        ServerCallStreamObserver<EchoMessage> to = (ServerCallStreamObserver<EchoMessage>) responses;
        MessageSource source = new MessageSource(order.getSizeBytes(), order.getDurationNs(), order.getMaxMessages());
        Pump pump = new Pump(source, to);
        to.setOnReadyHandler(pump);
        pump.run();
    }

    private static StreamObserver<EchoMessage> upload(StreamObserver<UploadSummary> responses) {
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

    /** Sends while the stream is ready; one thread at a time. */
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
    }

    @Override
    public StreamClient connect(InetSocketAddress server) {
        return new Client(NettyChannelBuilder.forAddress(server)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .build());
    }

    private record RunningServer(Server server) implements StreamServer {
        @Override
        public int port() {
            return server.getPort();
        }

        @Override
        public void close() {
            server.shutdownNow();
        }
    }

    private record Client(ManagedChannel channel) implements StreamClient {
        @Override
        public CompletableFuture<Void> download(DownloadOrder order, MessageSink sink) {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ClientCalls.asyncServerStreamingCall(
                    channel.newCall(DOWNLOAD, CallOptions.DEFAULT), order, new StreamObserver<>() {
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
            ClientCalls.asyncClientStreamingCall(
                    channel.newCall(UPLOAD, CallOptions.DEFAULT),
                    new ClientResponseObserver<EchoMessage, UploadSummary>() {
                        @Override
                        public void beforeStart(ClientCallStreamObserver<EchoMessage> requests) {
                            // The first event comes when the stream is ready for its first message.
                            requests.setOnReadyHandler(new Pump(source, requests));
                        }

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
            return end;
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }
}
