package dev.remora.bench.ab;

import dev.remora.bench.ab.child.Sampled;
import dev.remora.bench.ab.result.Moment;
import dev.remora.bench.ab.result.Resources;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.side.SideHost;
import dev.remora.bench.load.LoadSecond;
import dev.remora.bench.load.Slowdown;
import dev.remora.bench.load.UnloadedTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Makes results of raw runs. */
final class Results {
    private static final double BITS_PER_BYTE = 8;

    private final AbPlan plan;
    private final AbRun run;
    private final Hosts hosts;

    Results(AbPlan plan, AbRun run, Hosts hosts) {
        this.plan = plan;
        this.run = run;
        this.hosts = hosts;
    }

    /** Best round trip of the smallest message, of any side and workload; NaN if none is known. */
    double baseUs() {
        return plan.workloads().stream()
                .flatMap(workload -> plan.sides().stream().map(side -> run.unloaded(side.name(), workload)))
                .mapToDouble(UnloadedTimes::bestUs)
                .filter(us -> us > 0)
                .min()
                .orElse(Double.NaN);
    }

    List<RunResult> all() {
        double baseUs = baseUs();
        return run.runs().stream().map(raw -> result(raw, baseUs)).toList();
    }

    private RunResult result(RawRun raw, double baseUs) {
        String workload = label(raw.workload());
        Slowdown slowdown = new Slowdown(
                raw.load(), baseUs, plan.linkMbps(), run.unloaded(raw.side().name(), raw.workload()));
        List<String> reasons = Validity.reasons(raw, plan.outstanding() == 0, plan.linkMbps(), slowdown.shortest50());
        SideHost client = hosts.host(plan.clientHost(0));
        return new RunResult(
                raw.side().name(),
                workload,
                plan.outstanding() > 0 ? 0 : plan.load(),
                raw.round(),
                reasons.isEmpty(),
                reasons,
                raw.load().totals().calls(),
                raw.load().totals().failures() + raw.load().totals().unfinished(),
                raw.load().offeredMbps(),
                raw.load().goodputMbps(),
                raw.load().callsPerSecond(),
                slowdown.shortest10(),
                slowdown.shortest50(),
                slowdown.largest10(),
                slowdown.all(),
                slowdown.sizes(),
                slowdown.shortCdf(),
                moments(raw),
                resources(raw),
                raw.side().settings(client));
    }

    /** A file's name stands for its path. */
    static String label(String workload) {
        String name = workload.substring(workload.lastIndexOf('/') + 1);
        return name.replace(':', '-');
    }

    private static List<Moment> moments(RawRun raw) {
        List<Moment> moments = new ArrayList<>();
        List<LoadSecond> seconds = raw.load().seconds();
        for (int i = 0; i < seconds.size(); i++) {
            LoadSecond second = seconds.get(i);
            double cpu = i < raw.seconds().size() ? raw.seconds().get(i).cpuPercent() : Double.NaN;
            moments.add(new Moment(
                    i + 1.0,
                    second.calls(),
                    second.bytes() * BITS_PER_BYTE / 1e6,
                    second.shortP99Us(),
                    cpu,
                    sent(raw, Sampled::grants, i, i + 1),
                    sent(raw, Sampled::retransmissions, i, i + 1)));
        }
        return moments;
    }

    private static long sent(RawRun raw, Function<Sampled, List<Long>> counter, int from, int to) {
        long sum = 0;
        for (Sampled sampled : raw.samples()) {
            List<Long> values = counter.apply(sampled);
            if (to < values.size()) {
                sum += values.get(to) - values.get(from);
            }
        }
        return sum;
    }

    private static Resources resources(RawRun raw) {
        int last = raw.load().seconds().size();
        double calls = Math.max(1, raw.load().callsPerSecond() * raw.load().measureNs() / 1e9);
        return new Resources(
                raw.busyNs() / 1e3 / calls,
                raw.idlePercent(),
                raw.stealPercent(),
                raw.foreignPercent(),
                raw.load().lagUs(0.99),
                raw.samples().stream().mapToDouble(Sampled::gcPauseMs).max().orElse(0),
                raw.drops(),
                sent(raw, Sampled::retransmissions, 0, last),
                sent(raw, Sampled::grants, 0, last),
                raw.side().connections());
    }
}
