package dev.remora.homa.sim.experiment;

import dev.remora.homa.sim.net.NetParameters;
import java.util.Locale;

/** A result as a table to read and as JSON. */
public final class LoadReport {
    private static final double MEGA = 1e6;

    private LoadReport() {}

    /** Slowdown by message size, and what else is worth knowing. */
    public static String table(LoadResult result) {
        Experiment experiment = result.experiment();
        NetParameters net = experiment.net();
        StringBuilder text = new StringBuilder(2_000);
        line(
                text,
                "%s at %.0f %% load, %d hosts in %d rack%s, %d Gbit/s, seed %d: %,d messages in %.1f ms",
                experiment.workload().name(),
                100 * experiment.load(),
                net.hosts(),
                net.racks(),
                net.racks() == 1 ? "" : "s",
                net.edgeGbps(),
                experiment.seed(),
                experiment.messages(),
                result.simulatedNs() / MEGA);
        text.append('\n');
        line(text, "%-14s %20s %12s %9s %9s %9s", "messages", "bytes", "count", "mean", "P50", "P99");
        SlowdownTable table = result.table();
        for (int i = 0; i < SlowdownTable.DECILES; i++) {
            row(text, (10 * i) + " - " + (10 * i + 10) + " %", table, i, i + 1);
        }
        text.append('\n');
        row(text, "shortest 10 %", table, 0, 1);
        row(text, "shortest 50 %", table, 0, 5);
        row(text, "all", table, 0, SlowdownTable.DECILES);
        text.append('\n');
        line(text, "slowdown = time of a message / time of the same message alone on the network; ideal is 1");
        line(
                text,
                "goodput %.3f of the edge links (%.3f with headers and control packets)",
                result.goodputFraction(),
                result.wireFraction());
        line(
                text,
                "longest queue: %,d bytes in front of a host, %,d between switches; %,d packets dropped",
                result.maxEdgeQueueBytes(),
                result.maxCoreQueueBytes(),
                result.drops());
        line(text, "longest message alone: %.1f %% of what the links allow", 100 * result.longMessageEfficiency());
        line(text, "%s", stability(result));
        if (!result.sound()) {
            line(
                    text,
                    "PROTOCOL FAULT: %d requests executed twice or unknown, %d RPCs failed; %s",
                    result.duplicates(),
                    result.failedRpcs(),
                    result.invariant());
        }
        line(
                text,
                "%,d packets in %.1f s: %.2f million events a second; digest %016x",
                result.packets(),
                result.wallSeconds(),
                result.eventsPerSecond() / MEGA,
                result.digest());
        return text.toString();
    }

    private static String stability(LoadResult result) {
        if (result.stable()) {
            return String.format(
                    Locale.ROOT,
                    "stable: backlog changed by %.2f %% of what was offered",
                    100 * result.backlogGrowth());
        }
        return String.format(
                Locale.ROOT,
                "UNSTABLE: backlog grew by %.2f %% of what was offered, %d messages never arrived, %d found no room",
                100 * result.backlogGrowth(),
                result.unfinished(),
                result.refused());
    }

    private static void row(StringBuilder text, String name, SlowdownTable table, int from, int to) {
        line(
                text,
                "%-14s %20s %,12d %9.2f %9.2f %9.2f",
                name,
                String.format(Locale.ROOT, "%,d - %,d", table.leastBytes(from), table.mostBytes(to - 1)),
                table.messages(from, to),
                table.mean(from, to),
                table.percentile(from, to, 50),
                table.percentile(from, to, 99));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    /** One JSON object; times in units of its own field names, slowdowns without unit. */
    public static String json(LoadResult result) {
        Experiment experiment = result.experiment();
        SlowdownTable table = result.table();
        return String.format(
                Locale.ROOT,
                """
                {
                  "workload": "%s",
                  "load": %s,
                  "hosts": %d,
                  "seed": %d,
                  "slowdown": {
                    "shortest10": %s,
                    "shortest50": %s,
                    "all": %s
                  },
                  "goodputFraction": %.5f,
                  "eventsPerSecond": %.0f,
                  "wireFraction": %.5f,
                  "messages": %d,
                  "linkGbps": %d,
                  "racks": %d,
                  "simulatedNs": %d,
                  "maxQueueBytes": %d,
                  "maxCoreQueueBytes": %d,
                  "drops": %d,
                  "stable": %b,
                  "backlogGrowthFraction": %.5f,
                  "unfinished": %d,
                  "refused": %d,
                  "failedRpcs": %d,
                  "duplicates": %d,
                  "packets": %d,
                  "digest": "%016x",
                  "notes": {
                    "slowdown": "time of a message / time of the same message alone on the unloaded network",
                    "load": "fraction of the edge links taken by all bytes on the wire",
                    "goodputFraction": "message bytes delivered / capacity of the edge links",
                    "maxQueueBytes": "bytes on the wire waiting in front of one host, longest queue",
                    "eventsPerSecond": "events of the simulator per second of real time"
                  }
                }
                """,
                experiment.workload().name(),
                experiment.load(),
                experiment.net().hosts(),
                experiment.seed(),
                percentiles(table, 0, 1),
                percentiles(table, 0, 5),
                percentiles(table, 0, SlowdownTable.DECILES),
                result.goodputFraction(),
                result.eventsPerSecond(),
                result.wireFraction(),
                experiment.messages(),
                experiment.net().edgeGbps(),
                experiment.net().racks(),
                result.simulatedNs(),
                result.maxEdgeQueueBytes(),
                result.maxCoreQueueBytes(),
                result.drops(),
                result.stable(),
                result.backlogGrowth(),
                result.unfinished(),
                result.refused(),
                result.failedRpcs(),
                result.duplicates(),
                result.packets(),
                result.digest());
    }

    private static String percentiles(SlowdownTable table, int from, int to) {
        return String.format(
                Locale.ROOT,
                "{\"p50\": %.3f, \"p99\": %.3f}",
                table.percentile(from, to, 50),
                table.percentile(from, to, 99));
    }
}
