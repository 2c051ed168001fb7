package dev.remora.bench.ab;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Method;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.result.Testbed;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.Machine;
import dev.remora.bench.report.Progress;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From a plan to its report. */
final class AbSession {
    private final AbPlan plan;
    private final Hosts hosts;
    private final Awake awake;
    private final boolean isAwake;
    private final String command;
    private int step;

    /** @param command that gives the report again */
    AbSession(AbPlan plan, Hosts hosts, Awake awake, boolean isAwake, String command) {
        this.plan = plan;
        this.hosts = hosts;
        this.awake = awake;
        this.isAwake = isAwake;
        this.command = command;
    }

    AbReport run(Progress progress) throws IOException, InterruptedException {
        String created =
                ZonedDateTime.now().truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        long startNs = System.nanoTime();
        int turns = plan.rounds() * plan.sides().size();
        // Each turn starts and warms up, and has one step per workload, two in the first round.
        int steps = turns * (2 + plan.workloads().size())
                + plan.workloads().size() * plan.sides().size();
        // Processes on one host poll shared memory: in real time they would leave each other no CPU.
        boolean preference = plan.onTestbed() && Cluster.MOVES_PACKETS.isPermitted();
        AbRun run = new AbRun(plan, hosts, awake, preference, what -> {
            double left = plan.estimateSeconds() - (System.nanoTime() - startNs) / 1e9;
            // A slow machine takes longer than estimated, and nobody knows by how much.
            progress.show(step++, steps, what, left > 0 ? left : Double.NaN);
        });
        run.run();
        Results results = new Results(plan, run, hosts);
        List<RunResult> runs = results.all();
        String baseline = plan.sides().getFirst().name();
        return new AbReport(
                AbReport.VERSION,
                created,
                command,
                plan.experiment(),
                baseline,
                testbed(),
                new Method(
                        plan.seed(),
                        plan.seconds(),
                        plan.warmUpSeconds(),
                        plan.rounds(),
                        plan.responseBytes(),
                        results.baseUs(),
                        plan.outstanding() > 0 ? "closed" : "open"),
                machine(),
                runs,
                Ratios.of(runs, baseline),
                FairnessPage.of(plan, runs, hosts, preference),
                notes(run));
    }

    private Testbed testbed() {
        return new Testbed(
                plan.onTestbed() ? "namespaces" : "processes",
                plan.pattern().label(),
                plan.clientCount(),
                plan.serverCount(),
                plan.linkMbps(),
                plan.onTestbed() ? plan.bufferBytes() : 0,
                plan.mtu(),
                plan.congestionControl(),
                plan.onTestbed());
    }

    private Map<String, String> machine() {
        Map<String, String> machine = new LinkedHashMap<>(Machine.describe());
        machine.put("awake", isAwake ? "an idle-priority spinner per core" : "no: idle cores halt");
        return machine;
    }

    private List<String> notes(AbRun run) {
        List<String> notes = new ArrayList<>();
        if (!plan.onTestbed()) {
            notes.add(
                    "All processes ran on one host, without links of a given rate: the latencies show what the software"
                            + " costs, not what a loaded network does to short messages. For that run it as root.");
            notes.add("The load is that of a link of 1 Gbit/s.");
        }
        notes.add(
                "Hosts are processes and links are software queues of one machine: ratios hold, absolute times are this"
                        + " machine's.");
        if (!plan.preparation().jvmFlags().isEmpty()) {
            notes.add("To be quick, the processes ran with "
                    + String.join(" ", plan.preparation().jvmFlags())
                    + ": their code is slower than that of a service that has run for a while, and more of Homa's work is"
                    + " such code than of TCP's, which the kernel does.");
        }
        notes.addAll(run.secondTries());
        run.failures().forEach(failure -> notes.add("Not run: " + failure));
        return notes;
    }
}
