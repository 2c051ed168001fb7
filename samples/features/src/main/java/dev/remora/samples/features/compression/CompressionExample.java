package dev.remora.samples.features.compression;

import dev.remora.api.Compression;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.CompressionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.tcp.TcpTransport;
import java.io.PrintStream;

/** The same long greeting, plain and compressed, and what of it went over the wire. */
public final class CompressionExample {
    private CompressionExample() {}

    public static void main(String[] args) {
        run(System.out);
    }

    /** Runs it and tells what happens. */
    public static void run(PrintStream out) {
        // The server compresses responses of 1 KiB and more, for clients that read them.
        DefaultValues settings =
                DefaultValues.of(ServerSettings.ALL).with(CompressionSettings.ALGORITHM, CompressionSettings.GZIP);
        try (Transport serverSide = TcpTransport.builder().build();
                Transport clientSide = TcpTransport.builder().build();
                RemoraServer server = RemoraServer.builder(serverSide)
                        .address(new Endpoint("127.0.0.1", 0))
                        .settings(settings)
                        .service(new PoliteGreeter())
                        .start();
                RemoraChannel channel = RemoraChannel.builder(clientSide)
                        .target(server.localAddress())
                        .build()) {
            GreeterRpc.BlockingStub greeter = GreeterRpc.blockingStub(channel);
            greet("plain", greeter, clientSide, out);
            greet("compressed", greeter.withCompression(Compression.GZIP), clientSide, out);
        }
    }

    private static void greet(String how, GreeterRpc.BlockingStub greeter, Transport transport, PrintStream out) {
        long sent = metric(transport, "bytes-sent");
        long received = metric(transport, "bytes-received");
        GreetResponse response = greeter.greet(
                GreetRequest.newBuilder().setName("Ada, ".repeat(4000)).build());
        out.println(how + ": a greeting of " + response.getText().length() + " characters, "
                + (metric(transport, "bytes-sent") - sent) + " bytes sent, "
                + (metric(transport, "bytes-received") - received) + " received");
    }

    private static long metric(Transport transport, String name) {
        return transport.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .mapToLong(metric -> metric.value().getAsLong())
                .sum();
    }

    private static final class PoliteGreeter extends GreeterRpc.ServiceBase {
        @Override
        public GreetResponse greet(GreetRequest request) {
            return GreetResponse.newBuilder()
                    .setText("Hello, " + request.getName())
                    .build();
        }
    }
}
