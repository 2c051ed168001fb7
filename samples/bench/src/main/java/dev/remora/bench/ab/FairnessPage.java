package dev.remora.bench.ab;

import dev.remora.bench.ab.result.Fairness;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.side.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What was the same for all sides, and what was not. */
final class FairnessPage {
    private final AbPlan plan;
    private final List<RunResult> runs;
    private final List<Fairness> lines = new ArrayList<>();

    private FairnessPage(AbPlan plan, List<RunResult> runs) {
        this.plan = plan;
        this.runs = runs;
    }

    static List<Fairness> of(AbPlan plan, List<RunResult> runs, Hosts hosts, boolean preference) {
        FairnessPage page = new FairnessPage(plan, runs);
        page.fill(hosts, preference);
        return List.copyOf(page.lines);
    }

    private void fill(Hosts hosts, boolean preference) {
        add("What it is", Side::description, false, "");
        add(
                "Settings other than the defaults",
                side -> words(side.settings(hosts.host(plan.clientHost(0)))),
                false,
                "Homa has to be told the rate of a link that does not know it; TCP finds out by losing packets.");
        add(
                "Arrivals, sizes and targets",
                side -> plan.outstanding() > 0
                        ? plan.outstanding() + " calls under way per client"
                        : "Poisson, the same seeds",
                true,
                "");
        add(Fairness.PROCESSES, side -> processes() + String.join(" ", Cluster.jvmFlags(plan)), true, "");
        add("Pinning", side -> "none: the kernel places all threads on all CPUs", true, "");
        add(
                "Scheduling",
                side -> preference
                        ? "real time (SCHED_FIFO) for threads that move packets, as the kernel does its part of TCP, and"
                                + " for those that begin the calls and those that a JVM stops for; compilers only when a CPU is"
                                + " idle"
                        : "as any thread",
                true,
                "");
        add(
                "Connections per client and server",
                side -> side.connections() == 0 ? "none" : Integer.toString(side.connections()),
                false,
                "More connections spare short messages the wait behind long ones, at the price of more state and of more"
                        + " senders that fill the buffers.");
        add(
                "Congestion control",
                side -> side.connections() == 0
                        ? "the receiver's grants"
                        : plan.onTestbed() ? plan.congestionControl() : "the kernel's default, over loopback",
                false,
                "");
        if (plan.onTestbed()) {
            add(
                    "Links",
                    side -> plan.linkMbps() + " Mbit/s in each direction, the same namespaces, bridge and queues",
                    true,
                    "");
            add(
                    "Buffers of the switch",
                    side -> side.connections() == 0
                            ? plan.bufferBytes() + " bytes per port and level, 8 levels"
                            : plan.bufferBytes() + " bytes per port",
                    false,
                    "TCP sends everything at level 0 and so has one buffer, as in a network without priorities.");
            add(
                    "Segmentation offload",
                    side -> plan.offloads() ? "on" : "off on all links, so that queues count real frames",
                    true,
                    "");
        } else {
            add(
                    "Links",
                    side -> side.connections() == 0 ? "shared memory between processes" : "loopback",
                    false,
                    "On one host nothing limits the links and nothing is dropped: latencies show the cost of the software, not"
                            + " what a loaded network does.");
        }
        measured(
                "Longest stop for garbage collection",
                "%.1f ms",
                run -> run.resources().gcPauseMs());
        measured("CPU per million calls", "%.0f s", run -> run.resources().cpuUsPerCall());
        measured("Idle CPU", "%.0f %%", run -> run.resources().cpuIdlePercent());
        measured("Frames dropped by the switch", "%.0f", run -> run.resources().drops());
        measured(
                "Packets or segments sent again", "%.0f", run -> run.resources().retransmissions());
        measured("Lateness of calls, P99", "%.0f us", run -> run.resources().lagP99Us());
    }

    private String processes() {
        return (plan.onTestbed()
                        ? "a JVM per server and one for all clients, each of these on threads in a host of its own, "
                        : "a JVM per client and server, ")
                + Cluster.HEAP_MB + " MB of heap for each, ";
    }

    private void add(String topic, Function<Side, String> text, boolean equal, String remark) {
        Map<String, String> texts = new LinkedHashMap<>();
        plan.sides().forEach(side -> texts.put(side.name(), text.apply(side)));
        boolean same = equal || texts.values().stream().distinct().count() == 1;
        lines.add(new Fairness(topic, texts, same, same ? "" : remark));
    }

    /** The range over all runs. */
    private void measured(String topic, String format, ToDoubleFunction<RunResult> value) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Side side : plan.sides()) {
            double[] values = runs.stream()
                    .filter(run -> run.transport().equals(side.name()))
                    .mapToDouble(value)
                    .sorted()
                    .toArray();
            if (values.length > 0) {
                String least = String.format(Locale.ROOT, format, values[0]);
                String most = String.format(Locale.ROOT, format, values[values.length - 1]);
                texts.put(side.name(), least.equals(most) ? least : least + " to " + most);
            }
        }
        lines.add(new Fairness(
                topic + " (measured)", texts, texts.values().stream().distinct().count() <= 1, ""));
    }

    private static String words(Map<String, String> settings) {
        return settings.isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        settings.entrySet().stream()
                                .map(e -> e.getKey() + " = " + e.getValue())
                                .toList());
    }
}
