package dev.remora.bench.ab;

import dev.remora.bench.ab.child.ClientOrder;
import dev.remora.bench.ab.child.Sampled;
import dev.remora.bench.ab.side.Side;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.load.Rates;
import dev.remora.bench.load.SizeDistribution;
import dev.remora.bench.load.UnloadedTimes;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.ChildFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs a plan: per workload and round each side in turn, in fresh processes on the same hosts and links. Only one side lives at a
 * time. In the first round each is also measured alone and idle, one call at a time.
 */
final class AbRun {
    private static final double NS = 1e9;
    private static final int HOT_OUTSTANDING = 2;
    private static final int[] HOT_BYTES = {100, 3_000, 50_000};
    /** From the orders to the common start: long enough for all to have them, and to see whether others use the machine. */
    private static final double LEAD_SECONDS = 1.5;

    private final AbPlan plan;
    private final Hosts hosts;
    private final Awake awake;
    private final Consumer<String> progress;
    private final List<RawRun> runs = new ArrayList<>();
    private final Map<String, UnloadedTimes> unloaded = new HashMap<>();
    private final List<String> failures = new ArrayList<>();

    /** @param progress gets a line about each step */
    AbRun(AbPlan plan, Hosts hosts, Awake awake, Consumer<String> progress) {
        this.plan = plan;
        this.hosts = hosts;
        this.awake = awake;
        this.progress = progress;
    }

    void run() throws IOException, InterruptedException {
        for (String workload : plan.workloads()) {
            for (int round = 1; round <= plan.rounds(); round++) {
                for (Side side : plan.turns(round)) {
                    turn(workload, round, side);
                }
            }
        }
    }

    List<RawRun> runs() {
        return runs;
    }

    /** What could not be run, and why. */
    List<String> failures() {
        return failures;
    }

    /** Of a side under a workload, on the idle testbed. */
    UnloadedTimes unloaded(String side, String workload) {
        return unloaded.getOrDefault(side + " " + workload, UnloadedTimes.unknown());
    }

    private void turn(String workload, int round, Side side) throws IOException, InterruptedException {
        String label = workload + "  " + side.name() + "  ";
        progress.accept(label + "starts");
        try (Cluster cluster = Cluster.start(side, plan, hosts)) {
            progress.accept(label + "warms up");
            heat(cluster);
            if (!unloaded.containsKey(side.name() + " " + workload)) {
                progress.accept(label + "alone");
                unloaded.put(side.name() + " " + workload, alone(cluster, workload));
            }
            progress.accept(label + "loaded");
            runs.add(loaded(cluster, workload, round, side));
        } catch (ChildFailure e) {
            failures.add(side.name() + " under " + workload + ", round " + round + ": " + e.getMessage());
        }
    }

    /** Small and large calls as fast as they go, so that the loaded run meets compiled code. */
    private void heat(Cluster cluster) throws ChildFailure, InterruptedException {
        for (int bytes : HOT_BYTES) {
            List<ClientOrder> orders = new ArrayList<>();
            for (int i = 0; i < cluster.clientCount(); i++) {
                orders.add(order(
                        "fixed:" + bytes, i, 0, 0, 0, plan.hotSeconds() / HOT_BYTES.length, HOT_OUTSTANDING, false));
            }
            cluster.begin(orders);
            Object unused = cluster.await(orders);
        }
    }

    private UnloadedTimes alone(Cluster cluster, String workload) throws ChildFailure, InterruptedException {
        List<ClientOrder> orders = List.of(order(workload, 0, 0, 0, 0.5, plan.idleSeconds(), 1, true));
        cluster.begin(orders);
        return UnloadedTimes.of(cluster.await(orders).load());
    }

    private RawRun loaded(Cluster cluster, String workload, int round, Side side)
            throws ChildFailure, InterruptedException {
        double rate = callsPerSecond(workload);
        MachineWatch watch = new MachineWatch(awake);
        long startNs = MachineWatch.epochNs() + (long) (LEAD_SECONDS * NS);
        int seconds = (int) Math.ceil(plan.seconds());
        List<ClientOrder> orders = new ArrayList<>();
        for (int i = 0; i < cluster.clientCount(); i++) {
            orders.add(order(
                    workload,
                    i,
                    rate,
                    startNs,
                    plan.warmUpSeconds(),
                    plan.seconds(),
                    plan.outstanding(),
                    false,
                    round));
        }
        long measureNs = startNs + (long) (plan.warmUpSeconds() * NS);
        cluster.sampleServers(measureNs, seconds);
        cluster.begin(orders);
        long ownBefore = cluster.cpuNs();
        double before = watch.busyPercentUntil(startNs);
        double own = 100.0
                * (cluster.cpuNs() - ownBefore)
                / (LEAD_SECONDS * NS * dev.remora.bench.process.Machine.onlineCores());
        long drops = -hosts.drops();
        watch.watch(measureNs, seconds);
        drops += hosts.drops();
        Cluster.Done done = cluster.await(orders);
        List<Sampled> samples = new ArrayList<>(done.samples());
        samples.addAll(cluster.serverSamples());
        LoadRecord load = done.load();
        return new RawRun(
                side,
                workload,
                rate,
                round,
                load,
                samples,
                watch.seconds(),
                watch.busyNs(),
                watch.idlePercent(),
                watch.stealPercent(),
                Math.max(0, before - own),
                drops);
    }

    /** Of all clients together; 0 in closed loop. */
    private double callsPerSecond(String workload) {
        if (plan.outstanding() > 0) {
            return 0;
        }
        SizeDistribution sizes = ClientOrder.distribution(workload, plan.cutBytes());
        return Rates.callsPerSecond(sizes, plan.load(), linkMbps(), plan.serverCount());
    }

    /** Without links of a given rate the load is that of one of 1 Gbit/s. */
    private double linkMbps() {
        return plan.onTestbed() ? plan.linkMbps() : 1_000;
    }

    private ClientOrder order(
            String sizes,
            int client,
            double rate,
            long startNs,
            double warmUp,
            double seconds,
            int outstanding,
            boolean each) {
        return order(sizes, client, rate, startNs, warmUp, seconds, outstanding, each, 1);
    }

    private ClientOrder order(
            String sizes,
            int client,
            double rate,
            long startNs,
            double warmUp,
            double seconds,
            int outstanding,
            boolean each,
            int round) {
        int targets = plan.pattern() == Pattern.ALL_TO_ALL ? plan.serverCount() - 1 : plan.serverCount();
        return new ClientOrder(
                sizes,
                plan.cutBytes(),
                each,
                rate,
                plan.seed() + round - 1,
                client,
                plan.clientCount(),
                plan.pattern() == Pattern.INCAST,
                targets,
                startNs,
                warmUp,
                seconds,
                AbPlan.MAX_OUTSTANDING,
                plan.responseBytes(),
                outstanding);
    }
}
