package dev.remora.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What frames show of given pages. */
class ViewsTest {
    private static final Target TARGET = Target.parse("127.0.0.1:9464");
    private static final long SECOND_NS = 1_000_000_000L;

    private static Page page(int second, String text) {
        return new Page(second * SECOND_NS, PrometheusText.parse(text));
    }

    private static List<String> frame(@Nullable String before, String now) {
        Page first = before == null ? null : page(0, before);
        return Watch.lines(List.of(new Row(TARGET, new Interval(first, page(2, now)), "")));
    }

    /** The words of the line that begins so, its name left out. */
    private static String line(List<String> lines, String begin) {
        return lines.stream()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError(String.join("\n", lines)))
                .substring(Table.NAME_WIDTH)
                .strip()
                .replaceAll(" {2,}", " | ");
    }

    private static String calls(long ok, long failed, long inFlight, long of, long slow) {
        String get = "method=\"Get\",service=\"photos.v1.Users\",side=\"server\"";
        String put = "method=\"Put\",service=\"photos.v1.Users\",side=\"server\"";
        return """
                remora_calls_started_total{GET} 100
                remora_calls_total{GET,status="OK"} %d
                remora_calls_total{GET,status="NOT_FOUND"} %d
                remora_calls_in_flight{GET} %d
                remora_latency_seconds{GET,quantile="0.5"} 0.001
                remora_latency_seconds{GET,quantile="0.99"} 0.002
                remora_latency_seconds_count{GET} %d
                remora_latency_seconds{PUT,quantile="0.5"} 0.5
                remora_latency_seconds{PUT,quantile="0.99"} 3
                remora_latency_seconds_count{PUT} %d
                """.formatted(ok, failed, inFlight, of, slow).replace("GET", get).replace("PUT", put);
    }

    @Test
    void callsAreRatesOfTheInterval() {
        List<String> lines = frame(calls(10, 1, 9, 11, 5), calls(30, 4, 2, 34, 6));

        assertThat(line(lines, "127.0.0.1:9464 Users"))
                .isEqualTo("server | 11.5 | 2 | 1.5 | 500.00 ms | 3.00 s | Users.Put");
    }

    @Test
    void aMethodThatWasNotCalledIsNotTheSlowest() {
        List<String> lines = frame(calls(10, 1, 9, 11, 5), calls(30, 4, 2, 34, 5));

        assertThat(line(lines, "127.0.0.1:9464 Users")).endsWith("1.00 ms | 2.00 ms | Users.Get");
    }

    @Test
    void whatCannotBeKnownIsADash() {
        assertThat(line(frame(null, calls(30, 4, 2, 34, 5)), "127.0.0.1:9464 Users"))
                .startsWith("server | - | 2 | - | ");
        // the process began anew
        assertThat(line(frame(calls(30, 4, 2, 34, 5), calls(10, 1, 9, 11, 5)), "127.0.0.1:9464 Users"))
                .startsWith("server | - | 9 | - | ");
    }

    @Test
    void bothSidesHaveARowAndAPureClientHasOne() {
        String client = "remora_calls_started_total{side=\"client\",service=\"a.B\",method=\"C\"} 1\n";

        List<String> both = frame(calls(1, 1, 1, 1, 1), calls(1, 1, 1, 1, 1) + client);
        assertThat(both.get(1)).startsWith("127.0.0.1:9464 Users");
        assertThat(both.get(2)).startsWith(" ".repeat(Table.NAME_WIDTH) + "  client");
        assertThat(line(frame(client, client), "127.0.0.1:9464")).isEqualTo("client | 0.0 | 0 | 0.0 | - | -");
    }

    @Test
    void troubleStandsInTheRow() {
        assertThat(Watch.lines(List.of(new Row(TARGET, null, "cannot be reached"))))
                .hasSize(2)
                .anySatisfy(
                        line -> assertThat(line).startsWith("127.0.0.1:9464").endsWith("  cannot be reached"));
    }

    @Test
    void tcpHasATableOfItsOwn() {
        String text = """
                remora_transport_tcp_connections_open 3
                remora_transport_tcp_reconnects_total 2
                remora_transport_tcp_connect_failures_total 4
                remora_transport_tcp_stalls_total 1
                remora_transport_tcp_frames_received_total %d
                remora_transport_tcp_frames_sent_total %d
                remora_transport_tcp_bytes_received_total %d
                remora_transport_tcp_bytes_sent_total %d
                remora_transport_tcp_read_pauses_total 0
                """;
        List<String> lines = frame(text.formatted(0, 0, 0, 0), text.formatted(20, 40, 2000, 4_000_000));

        assertThat(lines).anyMatch(line -> line.startsWith("tcp ")).noneMatch(line -> line.startsWith("homa"));
        assertThat(line(lines.subList(2, lines.size()), "127.0.0.1:9464"))
                .isEqualTo("3 | 2 | 5 | 10.0 | 20.0 | 1.0 kB | 2.0 MB | 0.0");
    }

    @Test
    void homaHasOneForItsProtocolAndOneForItsEngines() {
        String text = """
                remora_transport_homa_protocol_packets_sent_data_total %1$d
                remora_transport_homa_protocol_packets_sent_grant_total %1$d
                remora_transport_homa_protocol_packets_rcvd_data_total %1$d
                remora_transport_homa_protocol_packets_rcvd_resend_total %1$d
                remora_transport_homa_protocol_rpc_timeouts_total 3
                remora_transport_homa_engine_client_rpcs{engine="0"} 4
                remora_transport_homa_engine_client_rpcs{engine="1"} 5
                remora_transport_homa_engine_server_rpcs{engine="0"} 6
                remora_transport_homa_engine_received_in_use{engine="0"} 7
                remora_transport_homa_engine_rounds_total{engine="0"} %2$d
                remora_transport_homa_engine_rounds_total{engine="1"} %2$d
                remora_transport_homa_engine_busy_rounds_total{engine="0"} %1$d
                remora_transport_homa_engine_caller_rounds_total{engine="1"} %1$d
                remora_transport_homa_engine_parks_total{engine="1"} %1$d
                remora_transport_homa_engine_stalls_total{engine="1"} 0
                remora_transport_homa_engine_units_dropped_total{engine="1"} 8
                remora_transport_homa_level_bytes_total{level="7"} %3$d
                remora_transport_homa_level_bytes_total{level="0"} %1$d
                """;
        List<String> lines = frame(text.formatted(0, 0, 0), text.formatted(100, 200, 300));
        int engines = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith("homa engines"))
                .findFirst()
                .orElseThrow());

        assertThat(line(lines.subList(2, engines), "127.0.0.1:9464"))
                .isEqualTo("100 | 100 | 200 B | 50.0 | 50.0 | 3 | 9 | 6 | 7");
        assertThat(line(lines.subList(engines, lines.size()), "127.0.0.1:9464"))
                .isEqualTo("2 | 25 % | 25 % | 50.0 | 0.0 | 8 | 7: 75 %, 0: 25 %");
    }

    @Test
    void labelsOfAHostileProcessAreMadeHarmless() {
        String hostile =
                "remora_calls_started_total{side=\"server\",service=\"\u001b[2J\",method=\"\u001b]0;x\u0007\"} 1\n"
                        + "remora_latency_seconds{side=\"server\",service=\"\u001b[2J\",method=\"\u001b]0;x\u0007\",quantile=\"0.99\"} 1\n"
                        + "remora_transport_homa_level_bytes_total{level=\"\u001b[\"} %d\n";

        assertThat(String.join("", frame(hostile.formatted(1), hostile.formatted(9))))
                .doesNotContain("\u001b", "\u0007");
    }

    @Test
    void aProcessWithoutCallsSaysSo() {
        assertThat(line(frame(null, "remora_transport_tcp_stalls_total 0"), "127.0.0.1:9464"))
                .isEqualTo("no calls yet");
    }
}
