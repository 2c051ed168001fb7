package dev.remora.homa.link.socket;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Two network namespaces joined by a pair of veth; removed with all that is in them, also when this JVM ends. */
public final class Namespaces implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int LIMIT_SECONDS = 60;
    private static final int SET_TX_CHECKSUM = 0x17;
    private static final int SET_TSO = 0x1f;

    private final Space first;
    private final Space second;
    private final Thread atExit = new Thread(this::remove);

    private Namespaces(String name) {
        first = new Space(name + "a");
        second = new Space(name + "b");
    }

    /** One of them; its interface has the name of the namespace. */
    public static final class Space {
        private final String name;
        private final ExecutorService thread;

        Space(String name) {
            this.name = name;
            thread = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("in " + name).factory());
        }

        public String interfaceName() {
            return name;
        }

        /** Does something on a thread that is in this namespace; what it opens there stays there, whoever uses it. */
        public <T> T in(Callable<T> work) {
            try {
                return thread.submit(work).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new AssertionError(e.getCause());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        /** Has the sender's kernel fill in checksums and cut segments before anybody sees the packets, as a NIC would. */
        public void finishPackets() {
            in(() -> {
                TestCalls.ethtool(name, SET_TX_CHECKSUM, 0);
                TestCalls.ethtool(name, SET_TSO, 0);
                return name;
            });
        }

        InterfaceFacts facts() {
            return in(() -> InterfaceFacts.of(name));
        }

        /** Runs ip in it. */
        public void ip(String... arguments) {
            List<String> command = new ArrayList<>(List.of("ip", "-n", name));
            command.addAll(List.of(arguments));
            Machine.Output output = Machine.run(command);
            if (output.status() != 0) {
                throw new AssertionError(command + ": " + output.text());
            }
        }
    }

    /** Makes them, or skips the test. */
    public static Namespaces create() {
        if (!"root".equals(System.getProperty("user.name"))) {
            Machine.skip("making network namespaces needs root");
        }
        if (Machine.run(List.of("ip", "-V")).status() != 0) {
            Machine.skip("ip is not installed (package iproute2)");
        }
        Namespaces made = new Namespaces("rs" + ProcessHandle.current().pid() + "n" + NUMBER.incrementAndGet());
        Runtime.getRuntime().addShutdownHook(made.atExit);
        try {
            made.fill();
            return made;
        } catch (IllegalStateException e) {
            made.close();
            Machine.skip("a thread cannot enter a network namespace: " + e.getMessage());
            throw e;
        } catch (Throwable e) {
            made.close();
            throw e;
        }
    }

    public Space first() {
        return first;
    }

    public Space second() {
        return second;
    }

    private void fill() {
        need("ip", "netns", "add", first.name);
        need("ip", "netns", "add", second.name);
        for (Space space : List.of(first, second)) {
            space.in(() -> {
                TestCalls.enterNetwork(space.name);
                // Without it the kernel sends router solicitations between our frames; not all kernels have IPv6.
                Path ipv6 = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");
                return Files.exists(ipv6) ? Files.writeString(ipv6, "1") : ipv6;
            });
        }
        need(
                "ip",
                "-n",
                first.name,
                "link",
                "add",
                "name",
                first.name,
                "type",
                "veth",
                "peer",
                "name",
                second.name,
                "netns",
                second.name);
        for (Space space : List.of(first, second)) {
            need("ip", "-n", space.name, "link", "set", space.name, "up");
        }
    }

    private static void need(String... command) {
        Machine.Output output = Machine.run(List.of(command));
        if (output.status() != 0) {
            Machine.skip(String.join(" ", command) + ": " + output.text().strip());
        }
    }

    private void remove() {
        Machine.run(List.of("ip", "netns", "del", first.name));
        Machine.run(List.of("ip", "netns", "del", second.name));
    }

    @Override
    public void close() {
        for (Space space : List.of(first, second)) {
            // A thread in the namespace keeps it alive.
            space.thread.shutdown();
            try {
                if (!space.thread.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("a thread in " + space.name + " does not end");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
