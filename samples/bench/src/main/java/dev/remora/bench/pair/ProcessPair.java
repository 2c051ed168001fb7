package dev.remora.bench.pair;

import dev.remora.bench.process.Awake;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.process.ChildProcess;
import dev.remora.bench.process.Cores;
import dev.remora.bench.process.CpuTimes;
import dev.remora.bench.process.Interference;
import dev.remora.bench.process.Machine;
import dev.remora.bench.process.MeasuredJvm;
import dev.remora.bench.process.ProcessCounters;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server and a client of one candidate, in a process each; their other ends are {@link PairChild}s. */
final class ProcessPair implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(45);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    // The client's own watchdog comes first, with a better message.
    private static final Duration GRACE = Duration.ofSeconds(90);
    private static final Duration COUNTED_LOAD = Duration.ofSeconds(120);

    private final ChildProcess server;
    private final ChildProcess client;

    private ProcessPair(ChildProcess server, ChildProcess client) {
        this.server = server;
        this.client = client;
    }

    /** Starts both and waits until they are connected. @param main of the children */
    static ProcessPair start(Candidate contender, Class<?> main, PairPlan<?, ?> plan)
            throws IOException, ChildFailure, InterruptedException {
        ChildProcess server = child(contender, main, plan.placement().server(plan.cores()), "server");
        ChildProcess client = null;
        try {
            String port = server.await("ready", START);
            client = child(contender, main, plan.placement().client(plan.cores()), "client", port);
            client.await("ready", START);
            return new ProcessPair(server, client);
        } catch (IOException | ChildFailure | InterruptedException e) {
            if (client != null) {
                client.close();
            }
            server.close();
            throw e;
        }
    }

    private static ChildProcess child(
            Candidate contender, Class<?> main, List<Integer> cores, String role, String... more)
            throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(MeasuredJvm.FLAGS);
        flags.addAll(contender.jvmFlags());
        List<String> arguments = new ArrayList<>(List.of(role, contender.name()));
        arguments.addAll(List.of(more));
        return ChildProcess.start(contender.name() + " " + role, Cores.pinned(cores), flags, main, arguments);
    }

    /**
     * Has the client run a load.
     *
     * @param order to the client
     * @param duration of the load; zero if a number ends it
     * @return its result
     */
    String load(String order, Duration duration) throws ChildFailure, InterruptedException {
        Duration limit = duration.isZero() ? COUNTED_LOAD : duration.plus(GRACE);
        return client.ask("run " + order, "result", limit);
    }

    /** Runs a load and measures it and the machine meanwhile. */
    MeasuredLoad measure(String order, Duration duration, Awake awake) throws ChildFailure, InterruptedException {
        long ownCpuNs = ownCpuNs(awake);
        CpuTimes machine = CpuTimes.now();
        long startNs = System.nanoTime();
        ProcessCounters serverBefore = serverCounters();

        String result = load(order, duration);

        ProcessCounters serverUsed = serverCounters().since(serverBefore);
        long elapsedNs = System.nanoTime() - startNs;
        CpuTimes spent = CpuTimes.now().since(machine);
        return new MeasuredLoad(
                result,
                serverUsed,
                new Interference(
                        spent.stealPercent(),
                        spent.foreignPercent(ownCpuNs(awake) - ownCpuNs, elapsedNs, Machine.onlineCores())));
    }

    private long ownCpuNs(Awake awake) {
        return server.cpuNs()
                + client.cpuNs()
                + awake.cpuNs()
                + ProcessCounters.now().cpuNs();
    }

    private ProcessCounters serverCounters() throws ChildFailure, InterruptedException {
        return ProcessCounters.parse(server.ask("counters", "counters", ANSWER));
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
