package dev.remora.cli.top;

import java.util.List;

/** The table of processes that run over kernel TCP; none if there is no such process. */
final class TcpView {
    private static final String PREFIX = "remora_transport_tcp_";

    /** What ends a connection, or keeps it from beginning, other than somebody closing it. */
    private static final List<String> FAILURES = List.of(
            "connect_failures_total",
            "connections_refused_total",
            "protocol_errors_total",
            "pings_lost_total",
            "stalls_total");

    private TcpView() {}

    static List<String> lines(List<Row> rows) {
        Table table = new Table(
                "tcp",
                List.of(
                        "connections",
                        "reconnects",
                        "failed",
                        "frames/s in",
                        "     out",
                        "bytes/s in",
                        "      out",
                        "pauses/s"),
                "");
        boolean any = false;
        for (Row row : rows) {
            Interval interval = row.interval();
            if (interval == null || !interval.now().hasAny(PREFIX)) {
                continue;
            }
            any = true;
            Page now = interval.now();
            table.row(
                    row.target().name(),
                    List.of(
                            Figures.whole(now.sum(PREFIX + "connections_open")),
                            Figures.whole(now.sum(PREFIX + "reconnects_total")),
                            Figures.whole(FAILURES.stream()
                                    .mapToDouble(name -> now.sum(PREFIX + name))
                                    .sum()),
                            Figures.number(interval.rate(PREFIX + "frames_received_total")),
                            Figures.number(interval.rate(PREFIX + "frames_sent_total")),
                            Figures.bytes(interval.rate(PREFIX + "bytes_received_total")),
                            Figures.bytes(interval.rate(PREFIX + "bytes_sent_total")),
                            Figures.number(interval.rate(PREFIX + "read_pauses_total"))),
                    "");
        }
        return any ? table.lines() : List.of();
    }
}
