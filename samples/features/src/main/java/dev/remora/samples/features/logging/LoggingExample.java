package dev.remora.samples.features.logging;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.runtime.logging.CallMdc;
import dev.remora.runtime.logging.RequestLog;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.spi.Endpoint;
import java.io.PrintStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three calls: one as ever, one slow, one refused. The log has a line for each, and the handler's own line knows the method
 * it belongs to. How it looks is said in logback.xml.
 */
public final class LoggingExample {
    private static final Logger LOG = LoggerFactory.getLogger(LoggingExample.class);
    private static final Duration SLOW = Duration.ofMillis(20);

    private LoggingExample() {}

    public static void main(String[] args) {
        run(System.out);
    }

    /** Runs it and tells what happens. */
    public static void run(PrintStream out) {
        RequestLog log = new RequestLog(1.0, SLOW);
        try (InProcessTransport transport = InProcessTransport.create();
                RemoraServer server = RemoraServer.builder(transport)
                        .address(new Endpoint("logging-example", 0))
                        .service(new MoodyGreeter())
                        .interceptor(log)
                        .interceptor(new CallMdc())
                        .start();
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(server.localAddress())
                        .build()) {
            GreeterRpc.BlockingStub greeter = GreeterRpc.blockingStub(channel);
            for (String name : new String[] {"Ada", "Charles, slowly", ""}) {
                try {
                    out.println(greeter.greet(
                                    GreetRequest.newBuilder().setName(name).build())
                            .getText());
                } catch (RpcException e) {
                    out.println(e.status());
                }
            }
        }
    }

    private static final class MoodyGreeter extends GreeterRpc.ServiceBase {
        @Override
        public GreetResponse greet(GreetRequest request) throws InterruptedException {
            if (request.getName().isEmpty()) {
                throw new RpcException(StatusCode.INVALID_ARGUMENT, "nobody to greet");
            }
            if (request.getName().endsWith("slowly")) {
                LOG.info("taking my time");
                Thread.sleep(SLOW.multipliedBy(2));
            }
            return GreetResponse.newBuilder()
                    .setText("Hello, " + request.getName())
                    .build();
        }
    }
}
