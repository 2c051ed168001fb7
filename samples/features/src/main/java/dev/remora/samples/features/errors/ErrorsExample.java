package dev.remora.samples.features.errors;

import com.google.rpc.BadRequest;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.spi.Endpoint;
import java.io.PrintStream;

/** A handler refuses a request; the client reads from typed details which field was wrong, and a trailer. */
public final class ErrorsExample {
    private static final Metadata.Key<String> REQUEST_ID = Metadata.Key.text("request-id");

    private ErrorsExample() {}

    public static void main(String[] args) {
        run(System.out);
    }

    /** Runs it and tells what happens. */
    public static void run(PrintStream out) {
        try (InProcessTransport transport = InProcessTransport.create();
                RemoraServer server = RemoraServer.builder(transport)
                        .address(new Endpoint("errors-example", 0))
                        .service(new StrictGreeter())
                        .start();
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(server.localAddress())
                        .build()) {
            GreeterRpc.BlockingStub greeter = GreeterRpc.blockingStub(channel);
            try {
                greeter.greet(GreetRequest.getDefaultInstance());
            } catch (RpcException e) {
                out.println(e.status());
                e.status()
                        .detail(BadRequest.class)
                        .ifPresent(bad -> bad.getFieldViolationsList()
                                .forEach(v -> out.println("field " + v.getField() + ": " + v.getDescription())));
                out.println("request-id: " + e.trailers().get(REQUEST_ID));
            }
        }
    }

    private static final class StrictGreeter extends GreeterRpc.ServiceBase {
        @Override
        public GreetResponse greet(GreetRequest request) {
            if (request.getName().isEmpty()) {
                throw Status.of(StatusCode.INVALID_ARGUMENT, "nobody to greet")
                        .withDetail(BadRequest.newBuilder()
                                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                        .setField("name")
                                        .setDescription("must not be empty"))
                                .build())
                        .asException(Metadata.of(REQUEST_ID, "42"));
            }
            return GreetResponse.newBuilder()
                    .setText("Hello, " + request.getName())
                    .build();
        }
    }
}
