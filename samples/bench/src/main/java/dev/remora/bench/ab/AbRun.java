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
import java.util.function.ToDoubleFunction;

/**
 * Runs a plan: in each round each side in turn, in fresh processes on the same hosts and links, under all workloads. Only one side
 * lives at a time. In the first round each is also measured alone and idle, one call at a time.
 */
final class AbRun {
    private static final double NS = 1e9;
    private static final int HOT_OUTSTANDING = 2;
    /** Compilers that still take more than this share of a CPU would be measured, too. */
    private static final double MOST_COMPILING = 0.1;

    private static final double MOST_COMPILING_AT_FULL_SPEED = 0.4;

    private static final int[] HOT_BYTES = {100, 3_000, 50_000};
    /**
     * From the orders to the common start: long enough for all to have them and to collect their garbage, and to see whether
     * others use the machine.
     */
    private static final double LEAD_SECONDS = 2;

    private final AbPlan plan;
    private final Hosts hosts;
    private final Awake awake;
    private final boolean preference;
    private final Consumer<String> progress;
    private final List<RawRun> runs = new ArrayList<>();
    private final Map<String, UnloadedTimes> unloaded = new HashMap<>();
    private final List<String> failures = new ArrayList<>();
    private final SecondTry tries = new SecondTry();

    /**
     * @param preference whether threads that move packets come before all else, as the kernel's own work does
     * @param progress gets a line about each step
     */
    AbRun(AbPlan plan, Hosts hosts, Awake awake, boolean preference, Consumer<String> progress) {
        this.plan = plan;
        this.hosts = hosts;
        this.awake = awake;
        this.preference = preference;
        this.progress = progress;
    }

    void run() throws IOException, InterruptedException {
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Side side : plan.turns(round)) {
                turn(round, side);
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

    /** What was measured twice, and why. */
    List<String> secondTries() {
        return tries.notes();
    }

    /** Of a side under a workload, on the idle testbed. */
    UnloadedTimes unloaded(String side, String workload) {
        return unloaded.getOrDefault(side + " " + workload, UnloadedTimes.unknown());
    }

    private void turn(int round, Side side) throws IOException, InterruptedException {
        String label = side.name() + "  round " + round + "  ";
        String at = "the start";
        progress.accept(label + "starts");
        try (Cluster cluster = Cluster.start(side, plan, hosts)) {
            progress.accept(label + "warms up");
            heat(cluster);
            // Not before: calls at full speed would leave the compilers nothing, and they would seem to be done.
            cluster.compileWhenIdle();
            if (preference) {
                cluster.preferPackets(side.packetThreads());
            }
            for (String workload : plan.workloads()) {
                at = workload;
                if (!unloaded.containsKey(side.name() + " " + workload)) {
                    progress.accept(label + workload + " alone");
                    unloaded.put(side.name() + " " + workload, alone(cluster, workload));
                }
                progress.accept(label + workload + " loaded");
                runs.add(tries.measure(
                        side.name() + ", round " + round + ", " + workload,
                        () -> loaded(cluster, workload, round, side),
                        run -> Validity.disturbances(run.stealPercent(), run.foreignPercent())));
            }
        } catch (ChildFailure e) {
            failures.add(side.name() + ", round " + round + ", from " + at + " on: " + e.getMessage());
        }
    }

    /**
     * Small and large calls as fast as they go, then calls of the workloads, then the load to be measured, each until the compilers
     * have little left to do: so that the loaded runs meet compiled code. How long that takes differs between transports and
     * machines. The load is part of it since threads that sleep between packets take other branches than threads at full speed:
     * what was compiled for these is thrown away there.
     */
    private void heat(Cluster cluster) throws ChildFailure, InterruptedException {
        double seconds = plan.preparation().hotSeconds();
        for (int bytes : HOT_BYTES) {
            heat(cluster, "fixed:" + bytes, 0, seconds / HOT_BYTES.length);
        }
        long endNs = System.nanoTime() + (long) (plan.preparation().longestHotSeconds() * NS);
        heatUntilCompiled(cluster, workload -> 0, MOST_COMPILING_AT_FULL_SPEED, endNs);
        heatUntilCompiled(cluster, this::callsPerSecond, MOST_COMPILING, endNs);
    }

    private void heatUntilCompiled(Cluster cluster, ToDoubleFunction<String> rate, double mostCompiling, long endNs)
            throws ChildFailure, InterruptedException {
        double share;
        int turn = 0;
        do {
            String workload = plan.workloads().get(turn++ % plan.workloads().size());
            long before = cluster.compilerCpuNs();
            long startNs = System.nanoTime();
            heat(
                    cluster,
                    workload,
                    rate.applyAsDouble(workload),
                    plan.preparation().hotSeconds());
            share = (double) (cluster.compilerCpuNs() - before) / (System.nanoTime() - startNs);
        } while (share > mostCompiling && System.nanoTime() - endNs < 0);
    }

    /** @param rate calls per second of all clients; 0 = as fast as they go */
    private void heat(Cluster cluster, String sizes, double rate, double seconds)
            throws ChildFailure, InterruptedException {
        int outstanding = rate > 0 ? 0 : HOT_OUTSTANDING;
        List<ClientOrder> orders = new ArrayList<>();
        for (int i = 0; i < cluster.clientCount(); i++) {
            orders.add(order(sizes, i, rate, 0, 0, seconds, outstanding, false));
        }
        cluster.begin(orders);
        Object unused = cluster.await(orders);
    }

    private UnloadedTimes alone(Cluster cluster, String workload) throws ChildFailure, InterruptedException {
        List<ClientOrder> orders =
                List.of(order(workload, 0, 0, 0, 0.5, plan.preparation().idleSeconds(), 1, true));
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
