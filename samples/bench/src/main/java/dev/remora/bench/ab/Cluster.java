package dev.remora.bench.ab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remora.bench.ab.child.AbChild;
import dev.remora.bench.ab.child.ClientOrder;
import dev.remora.bench.ab.child.ClientPlace;
import dev.remora.bench.ab.child.Sampled;
import dev.remora.bench.ab.side.Side;
import dev.remora.bench.load.LoadRecord;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.process.ChildProcess;
import dev.remora.bench.process.Scheduling;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The servers and clients of one side. A server is a process. Clients of a testbed share one, each on threads in its own host: nine JVMs
 * on a few CPUs would spend their time on compiling the same code nine times, and on caches that are cold.
 */
final class Cluster implements AutoCloseable {
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            // Compilers of several JVMs on a few CPUs must not make calls late: see compileWhenIdle, which cannot know
            // of threads that come later.
            "-XX:-UseDynamicNumberOfCompilerThreads",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dlogback.configurationFile=dev/remora/bench/logback-child.xml");

    /** Of a process's heap, for each server or client in it; what they hold at a time is bounded by the calls outstanding. */
    static final int HEAP_MB = 512;

    static final Scheduling MOVES_PACKETS = Scheduling.realTime(10);
    private static final Scheduling BEGINS_CALLS = Scheduling.realTime(11);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** The load generator waits 10 s for calls that do not end. */
    private static final long GRACE_S = 60;

    private final List<ChildProcess> servers = new ArrayList<>();
    private final List<ChildProcess> clients = new ArrayList<>();
    private final int clientsPerProcess;

    private Cluster(int clientsPerProcess) {
        this.clientsPerProcess = clientsPerProcess;
    }

    /** Starts all and waits until they are connected. */
    static Cluster start(Side side, AbPlan plan, Hosts hosts) throws IOException, ChildFailure, InterruptedException {
        Cluster cluster = new Cluster(plan.onTestbed() ? plan.clientCount() : 1);
        try {
            for (int i = 0; i < plan.serverCount(); i++) {
                cluster.servers.add(child(plan, side, "server", " on host " + i, 1, hosts.host(i)));
            }
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < plan.serverCount(); i++) {
                addresses.add(
                        hosts.host(i).address() + ":" + cluster.servers.get(i).await("ready", START));
            }
            List<ClientPlace> places = new ArrayList<>();
            for (int i = 0; i < plan.clientCount(); i++) {
                List<String> others = new ArrayList<>(addresses);
                if (plan.pattern() == Pattern.ALL_TO_ALL) {
                    others.remove(i);
                }
                places.add(new ClientPlace(hosts.host(plan.clientHost(i)), others));
            }
            for (int i = 0; i < places.size(); i += cluster.clientsPerProcess) {
                cluster.clients.add(child(
                        plan,
                        side,
                        "clients",
                        "",
                        cluster.clientsPerProcess,
                        places.subList(i, i + cluster.clientsPerProcess)));
            }
            for (ChildProcess client : cluster.clients) {
                client.await("ready", START);
            }
            return cluster;
        } catch (IOException | ChildFailure | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Of every process, except for the size of its heap. */
    static List<String> jvmFlags(AbPlan plan) {
        List<String> flags = new ArrayList<>(JVM_FLAGS);
        flags.addAll(plan.preparation().jvmFlags());
        return flags;
    }

    private static ChildProcess child(AbPlan plan, Side side, String role, String where, int count, Object what)
            throws IOException, InterruptedException {
        int heapMb = count * HEAP_MB;
        List<String> flags = jvmFlags(plan);
        flags.addAll(List.of("-Xms" + heapMb + "m", "-Xmx" + heapMb + "m", "-Xmn" + heapMb / 2 + "m"));
        return ChildProcess.start(
                side.name() + " " + role + where,
                List.of(),
                flags,
                AbChild.class,
                List.of(role, side.name(), json(what)));
    }

    int clientCount() {
        return clients.size() * clientsPerProcess;
    }

    private Stream<ChildProcess> children() {
        return Stream.concat(servers.stream(), clients.stream());
    }

    /** CPU time of all so far. */
    long cpuNs() {
        return children().mapToLong(ChildProcess::cpuNs).sum();
    }

    /** What is still compiled from now on gets the CPU that nobody else wants. */
    void compileWhenIdle() throws InterruptedException {
        for (ChildProcess child : children().toList()) {
            child.compileWhenIdle();
        }
    }

    /**
     * From now on threads that move packets come before all else, and before them those that begin the calls, and those for which a
     * JVM stops all of its own: they must not wait for what other JVMs have in real time.
     *
     * @param packetThreads beginning of the names of those
     */
    void preferPackets(String packetThreads) throws InterruptedException {
        for (ChildProcess child : children().toList()) {
            child.schedule(name -> name.startsWith(packetThreads), MOVES_PACKETS);
            child.schedule(Cluster::stopsOthers, BEGINS_CALLS);
        }
        for (ChildProcess client : clients) {
            client.schedule(name -> name.startsWith(AbChild.CLIENT_THREADS), BEGINS_CALLS);
        }
    }

    private static boolean stopsOthers(String thread) {
        return thread.equals("VM Thread") || thread.startsWith("GC Thread");
    }

    /** CPU time of the JIT compilers of all so far; 0 where the system does not tell. */
    long compilerCpuNs() {
        return children().mapToLong(ChildProcess::compilerCpuNs).sum();
    }

    /** Has servers look at their counters at the seconds of the measured time. */
    void sampleServers(long fromEpochNs, int seconds) throws ChildFailure, InterruptedException {
        for (ChildProcess server : servers) {
            server.ask("sample " + fromEpochNs + " " + seconds, "sampling", ANSWER);
        }
    }

    /** What the servers found. */
    List<Sampled> serverSamples() throws ChildFailure, InterruptedException {
        List<Sampled> all = new ArrayList<>();
        for (ChildProcess server : servers) {
            all.add(read(server.ask("sampled", "sampled", ANSWER), new TypeReference<>() {}));
        }
        return all;
    }

    /** Gives the first clients their orders, which run at the same time. */
    void begin(List<ClientOrder> orders) throws ChildFailure {
        for (int i = 0; i < processes(orders); i++) {
            int first = i * clientsPerProcess;
            List<ClientOrder> some = orders.subList(first, Math.min(first + clientsPerProcess, orders.size()));
            clients.get(i).tell("run " + file(i) + " " + json(some));
        }
    }

    private int processes(List<ClientOrder> orders) {
        return Math.ceilDiv(orders.size(), clientsPerProcess);
    }

    /** Waits for them: the records of all together, and what the clients counted. */
    Done await(List<ClientOrder> orders) throws ChildFailure, InterruptedException {
        ClientOrder order = orders.getFirst();
        Duration longest = Duration.ofSeconds((long) Math.ceil(order.warmUpSeconds() + order.seconds()) + GRACE_S);
        List<Sampled> samples = new ArrayList<>();
        List<LoadRecord> loads = new ArrayList<>();
        for (int i = 0; i < processes(orders); i++) {
            samples.addAll(read(clients.get(i).await("ran", longest), new TypeReference<>() {}));
            loads.add(LoadRecord.read(file(i)));
        }
        return new Done(loads.stream().reduce(LoadRecord::merge).orElseThrow(), samples);
    }

    /** @param samples of the clients */
    record Done(LoadRecord load, List<Sampled> samples) {}

    private Path file(int process) {
        return clients.get(process).scratch().resolve("load");
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an order that is no JSON: " + value, e);
        }
    }

    private static <T> T read(String text, TypeReference<T> type) throws ChildFailure {
        try {
            return JSON.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new ChildFailure("a child answered '" + text + "': " + e.getMessage());
        }
    }

    @Override
    public void close() {
        clients.forEach(ChildProcess::close);
        servers.forEach(ChildProcess::close);
    }
}
