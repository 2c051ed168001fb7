package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.process.ChildProcess;
import dev.remora.bench.process.Cores;
import dev.remora.bench.process.CpuTimes;
import dev.remora.bench.process.Machine;
import dev.remora.bench.process.ProcessCounters;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server and a client of one contender, in a process each. */
final class EchoPair implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(45);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    // The client's own watchdog comes first, with a better message.
    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final Duration COUNTED_LOAD = Duration.ofSeconds(120);

    /** What every child runs with, so that heap and collector are equal; one core needs no parallel collector. */
    static final List<String> JVM_FLAGS = List.of(
            "-Xms512m",
            "-Xmx1g",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=dev/remora/bench/logback-child.xml");

    private final Contender contender;
    private final ChildProcess server;
    private final ChildProcess client;

    private EchoPair(Contender contender, ChildProcess server, ChildProcess client) {
        this.contender = contender;
        this.server = server;
        this.client = client;
    }

    /** Starts both and waits until they are connected. */
    static EchoPair start(Contender contender, EchoPlan plan) throws IOException, ChildFailure, InterruptedException {
        ChildProcess server = child(contender, plan.placement().server(plan.cores()), "server");
        ChildProcess client = null;
        try {
            String port = server.await("ready", START);
            client = child(contender, plan.placement().client(plan.cores()), "client", port);
            client.await("ready", START);
            return new EchoPair(contender, server, client);
        } catch (IOException | ChildFailure | InterruptedException e) {
            if (client != null) {
                client.close();
            }
            server.close();
            throw e;
        }
    }

    private static ChildProcess child(Contender contender, List<Integer> cores, String role, String... more)
            throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(JVM_FLAGS);
        flags.addAll(contender.jvmFlags());
        List<String> arguments = new ArrayList<>(List.of(role, contender.name()));
        arguments.addAll(List.of(more));
        return ChildProcess.start(
                contender.name() + " " + role, Cores.pinned(cores), flags, EchoChild.class, arguments);
    }

    /** Runs a load without measuring it. */
    void warmUp(LoadOrder order) throws ChildFailure, InterruptedException {
        load(order);
    }

    /** Runs a load and measures it and the machine meanwhile. */
    Measurement measure(LoadOrder order, int round, Awake awake) throws ChildFailure, InterruptedException {
        long parentCpuNs = ProcessCounters.now().cpuNs();
        long ownCpuNs = server.cpuNs() + client.cpuNs() + awake.cpuNs();
        CpuTimes machine = CpuTimes.now();
        long startNs = System.nanoTime();
        ProcessCounters serverBefore = serverCounters();

        LoadResult load = load(order);

        ProcessCounters serverUsed = serverCounters().since(serverBefore);
        long elapsedNs = System.nanoTime() - startNs;
        CpuTimes spent = CpuTimes.now().since(machine);
        long ownNs = server.cpuNs()
                + client.cpuNs()
                + awake.cpuNs()
                - ownCpuNs
                + ProcessCounters.now().cpuNs()
                - parentCpuNs;
        double calls = Math.max(1, load.calls());
        return new Measurement(
                contender.name(),
                order.point(),
                round,
                load.calls(),
                load.p50Ns() / 1e3,
                load.p99Ns() / 1e3,
                load.calls() * 1e9 / load.elapsedNs(),
                (load.cpuNs() + serverUsed.cpuNs()) / 1e3 / calls,
                load.allocatedBytes() / calls,
                serverUsed.allocatedBytes() / calls,
                spent.stealPercent(),
                spent.foreignPercent(ownNs, elapsedNs, Machine.onlineCores()));
    }

    private LoadResult load(LoadOrder order) throws ChildFailure, InterruptedException {
        Duration limit =
                order.durationNs() > 0 ? Duration.ofNanos(order.durationNs()).plus(GRACE) : COUNTED_LOAD;
        return LoadResult.parse(client.ask("run " + order.toLine(), "result", limit));
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
