package dev.remora.samples.features.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.api.Compression;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.trace.TraceParent;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.spi.Transport;
import dev.remora.tcp.TcpTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes over TCP: a client, a front and a back. */
@Timeout(120)
class ProcessesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String METHOD = "remora.samples.features.Greeter/Greet";

    @TempDir
    Path directory;

    private static long metric(Transport transport, String name) {
        return transport.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .mapToLong(metric -> metric.value().getAsLong())
                .sum();
    }

    private static List<String> requestLog(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains("\"loggerName\":\"dev.remora.requests."))
                .toList();
    }

    /** One trace through three processes without a tracer, lines in JSON, compression on the way, a fault in the back. */
    @Test
    void aTraceIsInTheLogsOfAllProcessesAndAFaultOfTheBackReachesTheClient() throws Exception {
        Map<String, String> logged =
                Map.of("logback.configurationFile", "logback-json.xml", "remora.logging.requests", "both");
        Map<String, String> backKeys = new HashMap<>(logged);
        backKeys.put("remora.faults.rules", "server */Greet error UNAVAILABLE nth 2");
        try (ChildGreeter back = ChildGreeter.start(directory, "back", backKeys)) {
            Map<String, String> frontKeys = new HashMap<>(logged);
            frontKeys.put("remora.clients.next.target", back.address().toString());
            frontKeys.put("remora.client.compression.algorithm", "gzip");
            frontKeys.put("remora.server.compression.algorithm", "gzip");
            try (ChildGreeter front = ChildGreeter.start(directory, "front", frontKeys);
                    Transport transport = TcpTransport.builder().build();
                    RemoraChannel channel = RemoraChannel.builder(transport)
                            .target(front.address())
                            .build()) {
                GreeterRpc.BlockingStub greeter = GreeterRpc.blockingStub(channel)
                        .withTimeout(Duration.ofSeconds(60))
                        .withCompression(Compression.GZIP)
                        .withMetadata(Metadata.of(TraceParent.KEY, "00-" + TRACE + "-b7ad6b7169203331-01"));
                String name = "Ada, ".repeat(10_000);
                GreetRequest request = GreetRequest.newBuilder().setName(name).build();

                assertThat(greeter.greet(request).getText()).isEqualTo("Hello, " + name + "; hello, " + name);
                assertThat(metric(transport, "bytes-sent")).isLessThan(5_000);
                assertThat(metric(transport, "bytes-received")).isLessThan(5_000);

                RpcException failure = catchThrowableOfType(RpcException.class, () -> greeter.greet(request));
                assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
                assertThat(failure).hasMessageContaining("injected by a fault rule");

                List<String> frontLog = front.endAndReadLog();
                List<String> backLog = back.endAndReadLog();
                // Two served and two made by the front; the back's second one met the fault before the server.
                assertThat(requestLog(frontLog))
                        .hasSize(4)
                        .allSatisfy(line -> assertThat(line)
                                .contains("{\"trace_id\":\"" + TRACE + "\"}")
                                .contains(METHOD.replace("/", "\\/")));
                assertThat(requestLog(backLog))
                        .hasSize(1)
                        .allSatisfy(line -> assertThat(line)
                                .contains("{\"trace_id\":\"" + TRACE + "\"}")
                                .contains("{\"status\":\"OK\"}")
                                .contains("{\"request_bytes\":\"" + request.getSerializedSize() + "\"}"));
                assertThat(backLog).anySatisfy(line -> assertThat(line).contains("server call 2 of"));
            }
        }
    }

    /** What a mistyped rule says. */
    @Test
    void aFaultRuleThatIsNoneKeepsTheProcessFromStarting() {
        AssertionError failure = catchThrowableOfType(
                AssertionError.class,
                () -> ChildGreeter.start(directory, "broken", Map.of("remora.faults.rules", "server * explode")));
        assertThat(failure)
                .hasMessageContaining("fault rule 'server * explode'")
                .hasMessageContaining("'explode' is nothing that can happen");
    }
}
