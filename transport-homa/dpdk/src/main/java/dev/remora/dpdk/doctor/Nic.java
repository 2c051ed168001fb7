package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet interface of the kernel.
 *
 * @param driver of the kernel; empty for an interface without a device, such as veth
 * @param pci address of the card; null if it is none on that bus
 * @param speedMbps -1 if the driver does not tell
 * @param numaNode -1 if there is none
 * @param defaultRoute whether the machine's IPv4 default route goes through it
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
    private static final int ETHERNET = 1;

    static List<Nic> all(Host host) {
        String route = defaultRoute(host.text("/proc/net/route"));
        List<Nic> nics = new ArrayList<>();
        for (String name : host.machine().list(FOLDER)) {
            if (host.number(FOLDER + name + "/type", 0) == ETHERNET) {
                nics.add(of(host, name, name.equals(route)));
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

    private static String defaultRoute(String table) {
        for (String line : table.split("\n")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 7 && words[1].equals("00000000") && words[7].equals("00000000")) {
                return words[0];
            }
        }
        return "";
    }
}
