package dev.remora.cli.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The two tables of processes that run over Homa, its protocol and its engines; none if there is no such process. */
final class HomaView {
    private static final String PREFIX = "remora_transport_homa_";
    private static final String PROTOCOL = PREFIX + "protocol_";
    private static final String ENGINE = PREFIX + "engine_";
    private static final String LEVEL_BYTES = PREFIX + "level_bytes_total";
    private static final int MAX_LEVELS = 8;

    private HomaView() {}

    static List<String> lines(List<Row> rows) {
        Table protocol = new Table(
                "homa",
                List.of(
                        "packets/s in",
                        "     out",
                        "  bytes/s",
                        "grants/s",
                        "resends/s",
                        "timeouts",
                        "RPCs out",
                        "   in",
                        "unreleased"),
                "");
        Table engines = new Table(
                "homa engines",
                List.of("engines", " busy", "by callers", "parks/s", "stalls/s", "dropped"),
                "bytes by priority");
        boolean any = false;
        for (Row row : rows) {
            Interval interval = row.interval();
            if (interval != null && interval.now().hasAny(PREFIX)) {
                any = true;
                addProtocol(protocol, row.target().name(), interval);
                addEngines(engines, row.target().name(), interval);
            }
        }
        List<String> lines = new ArrayList<>();
        if (any) {
            lines.addAll(protocol.lines());
            lines.add("");
            lines.addAll(engines.lines());
        }
        return lines;
    }

    private static void addProtocol(Table table, String name, Interval interval) {
        Page now = interval.now();
        // Bytes by level are those on the wire; without them, those of messages begun.
        double bytes = now.series(LEVEL_BYTES).isEmpty()
                ? interval.rate(PROTOCOL + "sent_msg_bytes_total")
                : interval.rate(LEVEL_BYTES);
        table.row(
                name,
                List.of(
                        Figures.number(interval.rate(page -> page.sumOfCounters(PROTOCOL + "packets_rcvd_"))),
                        Figures.number(interval.rate(page -> page.sumOfCounters(PROTOCOL + "packets_sent_"))),
                        Figures.bytes(bytes),
                        Figures.number(bothWays(interval, "grant")),
                        Figures.number(bothWays(interval, "resend")),
                        Figures.whole(now.sum(PROTOCOL + "rpc_timeouts_total")),
                        Figures.whole(now.sum(ENGINE + "client_rpcs")),
                        Figures.whole(now.sum(ENGINE + "server_rpcs")),
                        Figures.whole(now.sum(ENGINE + "received_in_use"))),
                "");
    }

    private static double bothWays(Interval interval, String packet) {
        return interval.rate(PROTOCOL + "packets_sent_" + packet + "_total")
                + interval.rate(PROTOCOL + "packets_rcvd_" + packet + "_total");
    }

    private static void addEngines(Table table, String name, Interval interval) {
        String rounds = ENGINE + "rounds_total";
        Set<String> engines = new TreeSet<>();
        interval.now().series(rounds).forEach(sample -> engines.add(sample.label("engine")));
        table.row(
                name,
                List.of(
                        Figures.whole(engines.size()),
                        Figures.percent(interval.percent(ENGINE + "busy_rounds_total", rounds)),
                        Figures.percent(interval.percent(ENGINE + "caller_rounds_total", rounds)),
                        Figures.number(interval.rate(ENGINE + "parks_total")),
                        Figures.number(interval.rate(ENGINE + "stalls_total")),
                        Figures.whole(interval.now().sum(ENGINE + "units_dropped_total"))),
                levels(interval));
    }

    /** Such as {@code 7: 80 %, 6: 20 %}; those that had bytes in the interval, at most a few. */
    private static String levels(Interval interval) {
        double all = interval.rate(LEVEL_BYTES);
        if (!(all > 0)) {
            return "";
        }
        record Share(String level, double part) {}
        return interval.now().series(LEVEL_BYTES).stream()
                .limit(64) // as many as the wire has
                .map(sample -> sample.label("level"))
                .distinct()
                .map(level -> new Share(
                        level,
                        interval.rate(
                                        LEVEL_BYTES,
                                        sample -> sample.label("level").equals(level))
                                / all))
                .filter(share -> share.part >= 0.005)
                .sorted(Comparator.comparingDouble(Share::part).reversed())
                .limit(MAX_LEVELS)
                .map(share -> String.format(Locale.ROOT, "%s: %.0f %%", Figures.text(share.level, 3), 100 * share.part))
                .collect(Collectors.joining(", "));
    }
}
