package dev.remora.bench.echo.contender;

import dev.remora.bench.proto.EchoMessage;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** grpc-java at its fastest: direct executor on both sides, its own Netty with epoll, large flow-control windows. */
public final class GrpcContender implements Contender {
    private static final int WINDOW_BYTES = 8 << 20;
    private static final MethodDescriptor<EchoMessage, EchoMessage> ECHO =
            MethodDescriptor.<EchoMessage, EchoMessage>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("remora.bench.Echo/Echo")
                    .setRequestMarshaller(ProtoUtils.marshaller(EchoMessage.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(EchoMessage.getDefaultInstance()))
                    .setIdempotent(true)
                    .build();

    @Override
    public String name() {
        return "grpc-java";
    }

    @Override
    public String description() {
        return "grpc-java (shaded Netty), one channel, directExecutor on both sides, flow-control window 8 MiB";
    }

    @Override
    public EchoServer start() throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .maxInboundMessageSize(FrameLimits.MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .addService(ServerServiceDefinition.builder("remora.bench.Echo")
                        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcContender::echo))
                        .build())
                .build()
                .start();
        return new RunningServer(server);
    }

    private static void echo(EchoMessage request, StreamObserver<EchoMessage> response) {
        response.onNext(EchoMessage.newBuilder()
                .setId(request.getId())
                .setPayload(request.getPayload())
                .build());
        response.onCompleted();
    }

    @Override
    public EchoClient connect(InetSocketAddress server) {
        return new Client(NettyChannelBuilder.forAddress(server)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(FrameLimits.MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .build());
    }

    private record RunningServer(Server server) implements EchoServer {
        @Override
        public int port() {
            return server.getPort();
        }

        @Override
        public void close() {
            server.shutdownNow();
        }
    }

    private record Client(ManagedChannel channel) implements EchoClient {
        @Override
        public EchoMessage call(EchoMessage request) {
            return ClientCalls.blockingUnaryCall(channel, ECHO, CallOptions.DEFAULT, request);
        }

        @Override
        public void start(EchoMessage request, EchoListener listener) {
            ClientCalls.asyncUnaryCall(channel.newCall(ECHO, CallOptions.DEFAULT), request, new Responses(listener));
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    /** Starts the next call only when this one has ended, as a user of the stub would see it. */
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
