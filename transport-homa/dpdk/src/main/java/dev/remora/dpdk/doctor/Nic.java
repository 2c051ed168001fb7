package dev.remora.dpdk.doctor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet interface of the kernel.
 *
 * @param driver of the kernel; empty for an interface without a device, such as veth
 * @param pci address of the card; null if it is none on that bus
 * @param speedMbps -1 if the driver does not tell
 * @param numaNode -1 if there is none
 * @param defaultRoute whether a default route of the machine goes through it, directly or by a bridge, bond or VLAN
 */
record Nic(
        String name,
        String driver,
        @Nullable String pci,
        boolean up,
        long mtu,
        long speedMbps,
        long numaNode,
        int rxQueues,
        int txQueues,
        boolean defaultRoute) {
    static final Pattern PCI_ADDRESS = Pattern.compile("[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");

    private static final String FOLDER = "/sys/class/net/";
    private static final String LOWER = "lower_";
    private static final int ETHERNET = 1;

    static List<Nic> all(Host host) {
        Set<String> routes = defaultRoutes(host);
        List<Nic> nics = new ArrayList<>();
        for (String name : host.machine().list(FOLDER)) {
            if (host.number(FOLDER + name + "/type", 0) == ETHERNET) {
                nics.add(of(host, name, routes.contains(name)));
            }
        }
        return nics;
    }

    private static Nic of(Host host, String name, boolean defaultRoute) {
        String folder = FOLDER + name;
        String device = host.machine().resolve(folder + "/device");
        String driver = host.target(folder + "/device/driver");
        String pci = null;
        if (device != null) {
            for (String part : device.split("/")) {
                if (PCI_ADDRESS.matcher(part).matches()) {
                    pci = part; // the last one: before it stand the bridges on the way
                }
            }
        }
        int rx = 0;
        int tx = 0;
        for (String queue : host.machine().list(folder + "/queues")) {
            rx += queue.startsWith("rx-") ? 1 : 0;
            tx += queue.startsWith("tx-") ? 1 : 0;
        }
        return new Nic(
                name,
                driver != null ? driver : device != null ? "unknown" : "",
                pci,
                host.line(folder + "/carrier").equals("1"),
                host.number(folder + "/mtu", 0),
                host.number(folder + "/speed", -1),
                pci == null ? -1 : host.number("/sys/bus/pci/devices/" + pci + "/numa_node", -1),
                rx,
                tx,
                defaultRoute);
    }

    /** Whether there is a card behind it, real or emulated. */
    boolean physical() {
        return !driver.isEmpty();
    }

    /** Interfaces that a default route goes through, with those below a bridge, bond or VLAN. */
    private static Set<String> defaultRoutes(Host host) {
        Set<String> names = new LinkedHashSet<>();
        for (String line : host.text("/proc/net/route").split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 7 && words[1].equals("00000000") && words[7].equals("00000000")) {
                names.add(words[0]);
            }
        }
        for (String line : host.text("/proc/net/ipv6_route").split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 9 && words[1].equals("00") && words[0].matches("0+")) {
                names.add(words[9]);
            }
        }
        Deque<String> above = new ArrayDeque<>(names);
        while (!above.isEmpty()) {
            for (String entry : host.machine().list(FOLDER + above.removeFirst())) {
                String below = entry.startsWith(LOWER) ? entry.substring(LOWER.length()) : "";
                if (!below.isEmpty() && names.add(below)) {
                    above.add(below);
                }
            }
        }
        return names;
    }
}
