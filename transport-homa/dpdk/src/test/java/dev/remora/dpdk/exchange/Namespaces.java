package dev.remora.dpdk.exchange;

import java.util.List;

/** Two network namespaces joined by a pair of veth, {@code v0} in each; removed with all that is in them. */
final class Namespaces implements AutoCloseable {
    private final String first;
    private final String second;
    private final Thread atExit = new Thread(this::remove);

    private Namespaces(String name) {
        first = name + "a";
        second = name + "b";
    }

    /** Makes them, or skips the test. */
    static Namespaces create() {
        Machine.needsRoot("making network namespaces");
        if (Machine.run("ip", "-V").status() != 0) {
            Machine.skip("ip is not installed (package iproute2)");
        }
        Namespaces made = new Namespaces("rx" + ProcessHandle.current().pid());
        Runtime.getRuntime().addShutdownHook(made.atExit);
        try {
            made.fill();
            return made;
        } catch (Throwable e) {
            made.close();
            throw e;
        }
    }

    private void fill() {
        for (String name : List.of(first, second)) {
            need("ip", "netns", "add", name);
            // Without it the kernel sends router solicitations between the frames; not all kernels have IPv6.
            Machine.run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        }
        need("ip", "-n", first, "link", "add", "name", "v0", "type", "veth", "peer", "name", "v0", "netns", second);
        for (String name : List.of(first, second)) {
            need("ip", "-n", name, "link", "set", "v0", "up");
        }
    }

    private static void need(String... command) {
        Machine.Output output = Machine.run(command);
        if (output.status() != 0) {
            Machine.skip(String.join(" ", command) + ": " + output.text().strip());
        }
    }

    /** Runs ip in the first. */
    void ip(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("ip", "-n", first));
        command.addAll(List.of(arguments));
        Machine.Output output = Machine.run(command);
        if (output.status() != 0) {
            throw new AssertionError(command + ": " + output.text());
        }
    }

    List<String> inFirst() {
        return List.of("ip", "netns", "exec", first);
    }

    List<String> inSecond() {
        return List.of("ip", "netns", "exec", second);
    }

    private void remove() {
        Machine.run("ip", "netns", "del", first);
        Machine.run("ip", "netns", "del", second);
    }

    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
