package dev.remora.bench.ab.side;

import dev.remora.bench.load.Outcome;
import dev.remora.bench.proto.LoadRequest;
import dev.remora.bench.proto.LoadResponse;
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
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** grpc-java at its fastest: direct executor on both sides, its own Netty with epoll, large flow-control windows. */
public final class GrpcSide implements Side {
    private static final int WINDOW_BYTES = 8 << 20;
    private static final int MAX_MESSAGE_BYTES = Payloads.MAX_BYTES + 64;
    private static final MethodDescriptor<LoadRequest, LoadResponse> TRANSFER =
            MethodDescriptor.<LoadRequest, LoadResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("remora.bench.Load/Transfer")
                    .setRequestMarshaller(ProtoUtils.marshaller(LoadRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(LoadResponse.getDefaultInstance()))
                    .setIdempotent(true)
                    .build();

    @Override
    public String name() {
        return "grpc-java";
    }

    @Override
    public String description() {
        return "grpc-java (shaded Netty), one channel per server, directExecutor on both sides, flow-control window 8 MiB";
    }

    @Override
    public int connections() {
        return 1;
    }

    @Override
    public String packetThreads() {
        return "grpc-";
    }

    @Override
    public Map<String, String> settings(SideHost host) {
        return Map.of("executor", "direct", "flowControlWindow", Integer.toString(WINDOW_BYTES));
    }

    @Override
    public SideServer serve(SideHost host) throws IOException {
        return new Running(NettyServerBuilder.forAddress(new InetSocketAddress(host.address(), 0))
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .addService(ServerServiceDefinition.builder("remora.bench.Load")
                        .addMethod(TRANSFER, ServerCalls.asyncUnaryCall(GrpcSide::transfer))
                        .build())
                .build()
                .start());
    }

    private static void transfer(LoadRequest request, StreamObserver<LoadResponse> response) {
        response.onNext(LoadResponse.newBuilder()
                .setPayload(Payloads.of(request.getResponseBytes()))
                .build());
        response.onCompleted();
    }

    @Override
    public SideClient connect(SideHost host, List<InetSocketAddress> servers) {
        List<ManagedChannel> channels = new ArrayList<>();
        for (InetSocketAddress server : servers) {
            channels.add(NettyChannelBuilder.forAddress(server)
                    .usePlaintext()
                    .directExecutor()
                    .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                    .flowControlWindow(WINDOW_BYTES)
                    .build());
        }
        return new Client(channels);
    }

    private record Running(Server server) implements SideServer {
        @Override
        public int port() {
            return server.getPort();
        }

        @Override
        public long grants() {
            return 0;
        }

        @Override
        public long retransmissions() {
            return TcpSegments.retransmitted();
        }

        @Override
        public void close() {
            server.shutdownNow();
        }
    }

    private record Client(List<ManagedChannel> channels) implements SideClient {
        @Override
        public void start(int target, int requestBytes, int responseBytes, Outcome outcome) {
            LoadRequest request = LoadRequest.newBuilder()
                    .setResponseBytes(responseBytes)
                    .setPayload(Payloads.of(requestBytes))
                    .build();
            ClientCalls.asyncUnaryCall(
                    channels.get(target).newCall(TRANSFER, CallOptions.DEFAULT), request, new Ending(outcome));
        }

        @Override
        public long grants() {
            return 0;
        }

        @Override
        public long retransmissions() {
            return TcpSegments.retransmitted();
        }

        @Override
        public void close() {
            channels.forEach(ManagedChannel::shutdownNow);
        }
    }

    private record Ending(Outcome outcome) implements StreamObserver<LoadResponse> {
        @Override
        public void onNext(LoadResponse message) {}

        @Override
        public void onError(Throwable failure) {
            outcome.failed(failure);
        }

        @Override
        public void onCompleted() {
            outcome.succeeded();
        }
    }
}
