package dev.remora.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command against HTTP servers of its own. */
class TopCommandTest {
    private static final String LABELS = "method=\"Get\",service=\"photos.v1.Users\",side=\"server\"";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            new CommandLine(new TopCommand()).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/metrics", exchange -> answer(exchange, 200, page(asked.incrementAndGet())));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** A process that has 1000 calls from one reading to the next. */
    private static String page(int reading) {
        return """
                # TYPE remora_calls_total counter
                remora_calls_started_total{LABELS} %1$d
                remora_calls_total{LABELS,status="OK"} %1$d
                remora_calls_in_flight{LABELS} 17
                remora_latency_seconds{LABELS,quantile="0.5"} 0.0012
                remora_latency_seconds{LABELS,quantile="0.99"} 0.0345
                remora_latency_seconds_count{LABELS} %1$d
                remora_transport_tcp_connections_open 42
                """.formatted(1000 * reading).replace("LABELS", LABELS);
    }

    private static void answer(HttpExchange exchange, int status, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (exchange;
                OutputStream body = exchange.getResponseBody()) {
            exchange.sendResponseHeaders(status, 0);
            body.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private String row() {
        return out.toString()
                .lines()
                .filter(l -> l.startsWith("127.0.0.1:" + server.getAddress().getPort()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(out.toString() + err));
    }

    @Test
    void onceShowsOneInterval() {
        assertThat(line.execute("--once", "--interval", "0.1", address(""))).isZero();

        assertThat(row()).contains("Users", "server", " 17 ", "1.20 ms", "34.50 ms", "Users.Get");
        // 1000 calls in 0.1 s or, on a slow machine, somewhat more
        assertThat(row()).containsPattern("server +\\d+(\\.\\d)?k? +17 ");
        assertThat(out.toString())
                .contains("connections")
                .containsPattern(" 42 ")
                .doesNotContain("\u001b");
        assertThat(asked).hasValue(2);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void secondsEndIt() {
        assertThat(line.execute("--seconds", "1", "--interval", "0.2", address("/metrics")))
                .isZero();

        assertThat(out.toString().lines().filter(l -> l.startsWith("remora top")))
                .hasSizeGreaterThan(1);
    }

    @Test
    void whoDoesNotAnswerHasItInItsRowAndTheOthersAreShown() throws IOException {
        int nobody;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = unused.getLocalPort();
        }
        assertThat(line.execute("--once", "--interval", "0.1", "127.0.0.1:" + nobody, address("")))
                .isZero();

        assertThat(row()).contains("Users.Get");
        assertThat(out.toString()).contains("127.0.0.1:" + nobody).contains("cannot be reached: nobody listens there");
    }

    @Test
    void itComesBackWhenTheProcessDoes() {
        server.createContext("/late", exchange -> {
            int reading = asked.incrementAndGet();
            answer(exchange, reading == 1 ? 503 : 200, reading == 1 ? "not yet" : page(reading));
        });
        assertThat(line.execute("--seconds", "1", "--interval", "0.2", address("/late")))
                .isZero();
        assertThat(out.toString()).contains("Users.Get");
    }

    @Test
    void answersThatAreNoMetricsAreTold() {
        server.createContext("/html", exchange -> answer(exchange, 200, "<html>hello</html>"));
        server.createContext("/gone", exchange -> answer(exchange, 404, ""));
        server.createContext("/away", exchange -> {
            exchange.getResponseHeaders().add("Location", address("/metrics"));
            answer(exchange, 302, "");
        });
        server.createContext("/endless", exchange -> answer(exchange, 200, "x".repeat(Inquiry.MAX_BYTES + 1)));
        assertThat(line.execute(
                        "--once",
                        "--interval",
                        "0.1",
                        address("/html"),
                        address("/gone"),
                        address("/away"),
                        address("/endless")))
                .isEqualTo(1);

        assertThat(out.toString())
                .contains("/html", "no metrics of Remora there")
                .contains("/gone", "HTTP status 404")
                .contains("/away", "HTTP status 302")
                .contains("/endless", "longer than 4 MiB");
        assertThat(asked).hasValue(0);
    }

    @Test
    void aProcessThatHangsHoldsNobodyUpForLong() throws IOException {
        List<HttpExchange> hanging = Collections.synchronizedList(new ArrayList<>());
        server.createContext("/half", exchange -> {
            hanging.add(exchange);
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("remora_calls_total 1\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush(); // and never the end
        });
        long beganNs = System.nanoTime();
        assertThat(line.execute("--once", "--interval", "0.1", address("/half"), address("")))
                .isZero();

        assertThat(out.toString()).contains("/half", "no answer within 2 s").contains("Users.Get");
        // twice the patience, and a lot for a slow machine
        assertThat(System.nanoTime() - beganNs).isLessThan(30_000_000_000L);
        hanging.forEach(HttpExchange::close);
    }

    @Test
    void withoutAddressItSaysHowToGetOne() {
        assertThat(line.execute()).isEqualTo(2);
        assertThat(err.toString()).contains("remora.metrics.prometheus.address", "./remora demo");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void wrongArgumentsAreTold() {
        assertThat(line.execute("ftp://h/metrics")).isEqualTo(2);
        assertThat(line.execute("--interval", "0", "h:1")).isEqualTo(2);
        assertThat(line.execute("--interval", "NaN", "h:1")).isEqualTo(2);
        assertThat(line.execute("--seconds", "0", "h:1")).isEqualTo(2);
        assertThat(line.execute("--seconds", "3", "--once", "h:1")).isEqualTo(2);
        String[] tooMany =
                Collections.nCopies(TopCommand.MAX_TARGETS + 1, "h:1").toArray(String[]::new);
        assertThat(line.execute(tooMany)).isEqualTo(2);
        assertThat(err.toString())
                .contains("it must be http or https, not ftp")
                .contains("--interval must be 0.1 to 3600 seconds, got 0.0")
                .contains("--seconds must be 1 to", "--once and --seconds", "at most 32 processes, got 33");
        assertThat(out.toString()).isEmpty();
    }
}
