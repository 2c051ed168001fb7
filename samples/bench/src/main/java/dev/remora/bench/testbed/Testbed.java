package dev.remora.bench.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hosts behind a switch, as network namespaces of this machine: each has one link, limited in rate, to a switch whose ports
 * have buffers and obey the priority in DSCP. Nothing of the machine's own network is touched, and no route leads out.
 *
 * <p>It is there until {@link #close}, or until this process ends, in whatever way: what a killed one leaves behind, the
 * next {@link #up} of any process removes. Removal ends the processes that run in the hosts.
 *
 * <p>Needs root and the commands {@code ip} and {@code tc}. Any thread may use it.
 */
public final class Testbed implements AutoCloseable {
    private static final Path ALGORITHMS = Path.of("/proc/sys/net/ipv4/tcp_available_congestion_control");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final TestbedPlan plan;
    private final TestbedTag tag;
    private final Wiring wiring;
    private final List<TestbedHost> hosts;
    private final Thread atExit = new Thread(this::removeAtExit, "remove testbed");

    /** Held while a command runs, so that what removes everything finds no half of a step. Guards {@link #closed}. */
    private final Object step = new Object();

    private boolean closed;

    private Testbed(TestbedPlan plan, TestbedTag tag) {
        this.plan = plan;
        this.tag = tag;
        wiring = new Wiring(plan, tag);
        hosts = List.copyOf(wiring.hosts());
    }

    /**
     * Makes one of this process.
     *
     * @throws TestbedException if the machine does not allow it; then nothing is left of it
     */
    public static Testbed up(TestbedPlan plan) {
        needsRoot("up");
        return make(plan, TestbedTag.of(RunningProcess.self(), NUMBER.incrementAndGet()));
    }

    /** Makes the one that outlives this process, until {@link StandingTestbed#remove}. */
    static Testbed standing(TestbedPlan plan) {
        needsRoot("up");
        if (!Namespaces.of(TestbedTag.STANDING).isEmpty()) {
            throw new TestbedException(
                    "a testbed stands already (namespaces " + TestbedTag.STANDING.prefix() + "-...)",
                    "use it, or remove it first: ./remora testbed down");
        }
        Testbed testbed = make(plan, TestbedTag.STANDING);
        Runtime.getRuntime().removeShutdownHook(testbed.atExit);
        return testbed;
    }

    private static Testbed make(TestbedPlan plan, TestbedTag tag) {
        checkCongestionControl(plan.congestionControl());
        StandingTestbed.removeOrphans();
        Testbed testbed = new Testbed(plan, tag);
        Runtime.getRuntime().addShutdownHook(testbed.atExit);
        try {
            testbed.build();
            return testbed;
        } catch (RuntimeException | Error e) {
            testbed.closeAfter(e);
            throw e;
        }
    }

    private void build() {
        String inSwitch = tag.switchName();
        command(List.of("ip", "-batch", "-"), wiring.namespaces());
        // Bridges may show frames to iptables, per namespace: time spent on nothing here.
        command(
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        inSwitch,
                        "sh",
                        "-c",
                        "for f in /proc/sys/net/bridge/bridge-nf-call-*tables; do [ ! -e $f ] || echo 0 >$f; done"),
                List.of());
        command(List.of("ip", "-n", inSwitch, "-batch", "-"), wiring.switchLinks());
        command(List.of("tc", "-n", inSwitch, "-batch", "-"), wiring.switchQueues());
        for (TestbedHost host : hosts) {
            command(List.of("tc", "-n", host.namespace(), "-batch", "-"), wiring.hostQueues(host));
            command(List.of("ip", "-n", host.namespace(), "-batch", "-"), wiring.hostLinks(host));
        }
        command(List.of("ip", "-n", inSwitch, "-batch", "-"), wiring.label());
    }

    private void command(List<String> command, List<String> input) {
        synchronized (step) {
            if (closed) {
                throw new TestbedException("the testbed was removed while it was made", "make another");
            }
            SystemCommand.run(command, input);
        }
    }

    /** What it was made as. */
    public TestbedPlan plan() {
        return plan;
    }

    /** Its hosts, by index. */
    public List<TestbedHost> hosts() {
        return hosts;
    }

    /** The words to put before a command so that it runs in the host, with the host's interfaces in {@code /sys}. */
    public List<String> enter(TestbedHost host) {
        return List.of("ip", "netns", "exec", host.namespace());
    }

    /** What the switch's ports sent, dropped and hold, by the index of the host they lead to. */
    public List<PortCounters> ports() {
        return QueueReading.ports(tag.switchName(), hosts.size());
    }

    /** The same of the hosts' own interfaces; they have no levels, so all is level 0. */
    public List<PortCounters> nics() {
        List<PortCounters> nics = new ArrayList<>();
        for (TestbedHost host : hosts) {
            nics.add(QueueReading.nic(host));
        }
        return nics;
    }

    /** Packets that the switch has dropped, all ports together. */
    public long drops() {
        return ports().stream().mapToLong(PortCounters::drops).sum();
    }

    /** Segments that TCP in the host has sent again. */
    public long retransmissions(TestbedHost host) {
        return TcpReading.retransmissions(host.namespace());
    }

    /** Segments that TCP has sent again, all hosts together. */
    public long retransmissions() {
        return hosts.stream().mapToLong(this::retransmissions).sum();
    }

    /**
     * Ends what runs in the hosts and removes everything. Further calls do nothing.
     *
     * @throws TestbedException if something could not be removed; it says what
     */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook finds nothing to do.
            return;
        }
    }

    private void remove() {
        // Else an interrupted thread could remove nothing.
        boolean interrupted = Thread.interrupted();
        try {
            synchronized (step) {
                if (!closed) {
                    closed = true;
                    Namespaces.remove(Namespaces.of(tag));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (TestbedException e) {
            failure.addSuppressed(e);
        }
    }

    @SuppressWarnings("SystemOut") // the process is ending: nobody else is left to tell
    private void removeAtExit() {
        try {
            remove();
        } catch (TestbedException e) {
            System.err.println(e);
        }
    }

    static void needsRoot(String command) {
        try {
            if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                throw new TestbedException(
                        "making and reading network namespaces needs root",
                        "run it as root: sudo ./remora testbed " + command);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new TestbedException("there is no /proc/self here", "a testbed needs Linux with /proc mounted", e);
        }
    }

    private static void checkCongestionControl(String wanted) {
        List<String> known;
        try {
            known = List.of(Files.readString(ALGORITHMS).strip().split("\\s+", -1));
        } catch (IOException e) {
            throw new TestbedException(ALGORITHMS + " cannot be read", "a testbed needs Linux with TCP", e);
        }
        if (!known.contains(wanted)) {
            throw new TestbedException(
                    "this kernel has no congestion control \"" + wanted + "\"; it has " + String.join(", ", known),
                    "choose one of these, or load it: modprobe tcp_" + wanted);
        }
    }
}
