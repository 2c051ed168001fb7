package dev.remora.dpdk.doctor;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.doctor.Doctor.Loaded;
import dev.remora.dpdk.doctor.Doctor.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A machine made of texts. Begins as a fresh Debian 12 with an ordinary user, four CPUs and no network card. */
final class FakeMachine implements Machine {
    private static final String LIBRARIES = "/usr/lib/x86_64-linux-gnu";
    private static final long ALL_CAPABILITIES = 0x1ffffffffffL;

    private final Map<String, String> properties = new HashMap<>();
    private final TreeMap<String, String> files = new TreeMap<>();
    private final Map<String, String> links = new HashMap<>();
    private final Map<String, @Nullable String> outputs = new HashMap<>();
    private final List<String> commands = new ArrayList<>();
    private DpdkException failure = new DpdkException(
            "DPDK is not installed (looked for librte_ethdev.so.23, 24 and 25)", "on Debian or Ubuntu: ...");
    private @Nullable Loaded loaded;
    private boolean nativeAccess = true;

    FakeMachine() {
        property("java.version", "25.0.3");
        property("java.specification.version", "25");
        property("os.name", "Linux");
        property("os.arch", "amd64");
        property("os.version", "6.1.0-40-amd64");
        file("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n");
        user(1000, 0);
        locked("8388608");
        file("/proc/meminfo", "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n");
        hugepages(0, 0);
        file("/proc/mounts", "hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0\n");
        file("/sys/devices/system/cpu/online", "0-3\n");
        file("/sys/devices/system/cpu/isolated", "\n");
        file("/proc/modules", "ext4 999424 1 - Live 0x0\n");
        file("/lib/modules/6.1.0-40-amd64/modules.builtin", "kernel/fs/ext4.ko\n");
        file(
                "/lib/modules/6.1.0-40-amd64/modules.dep",
                "kernel/drivers/vfio/pci/vfio-pci.ko:\nkernel/net/netfilter/nf_tables.ko:\n");
        file("/proc/net/protocols", "protocol  size sockets\nPACKET    1536\nXDP       1024\nTCP       2304\n");
        file("/proc/net/route", "Iface Destination Gateway Flags RefCnt Use Metric Mask\n");
        interfaceNamed("lo", 772, true, 65_536, 1);
    }

    FakeMachine property(String name, String value) {
        properties.put(name, value);
        return this;
    }

    FakeMachine file(String path, String text) {
        files.put(path, text);
        return this;
    }

    FakeMachine link(String path, String end) {
        links.put(path, end);
        return this;
    }

    FakeMachine root() {
        return user(0, ALL_CAPABILITIES);
    }

    FakeMachine user(int uid, long capabilities) {
        return file(
                "/proc/self/status",
                "Name:\tjava\nUid:\t%d\t%d\t%d\t%d\nCapPrm:\t%016x\nCapEff:\t%016x\nCpus_allowed_list:\t0-3\n"
                        .formatted(uid, uid, uid, uid, capabilities, capabilities));
    }

    FakeMachine locked(String limit) {
        return file(
                "/proc/self/limits",
                "Limit                     Soft Limit           Hard Limit           Units\n"
                        + "Max locked memory         %-21s%-21sbytes\n".formatted(limit, limit));
    }

    FakeMachine hugepages(int free, int total) {
        String folder = "/sys/kernel/mm/hugepages/hugepages-2048kB/";
        return file(folder + "nr_hugepages", total + "\n").file(folder + "free_hugepages", free + "\n");
    }

    FakeMachine withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    /** DPDK 22.11 as Debian installs it. */
    FakeMachine dpdk(String... drivers) {
        loaded = new Loaded("DPDK 22.11.11", 23, "librte_ethdev.so.23");
        file("/proc/self/maps", "7f00-7f01 r-xp 0 fe:00 1234    " + LIBRARIES + "/librte_ethdev.so.23.0\n");
        for (String driver : drivers) {
            file(LIBRARIES + "/dpdk/pmds-23.0/librte_" + driver + ".so.23", "");
        }
        return this;
    }

    /** DPDK with the drivers that all ways need. */
    FakeMachine wholeDpdk() {
        return dpdk(
                "mempool_ring",
                "bus_vdev",
                "bus_pci",
                "net_vhost",
                "net_virtio",
                "net_af_packet",
                "net_af_xdp",
                "net_memif",
                "net_tap",
                "net_e1000");
    }

    FakeMachine brokenDpdk(DpdkException why) {
        failure = why;
        loaded = null;
        return this;
    }

    FakeMachine interfaceNamed(String name, int type, boolean up, int mtu, int queues) {
        String folder = "/sys/class/net/" + name + "/";
        file(folder + "type", type + "\n").file(folder + "mtu", mtu + "\n");
        if (up) {
            file(folder + "carrier", "1\n");
        }
        for (int i = 0; i < queues; i++) {
            file(folder + "queues/rx-" + i + "/rps_cpus", "").file(folder + "queues/tx-" + i + "/xps_cpus", "");
        }
        return this;
    }

    /** An Intel card bound to the kernel's driver. */
    FakeMachine card(String name, String address, boolean up) {
        String pci = "/sys/bus/pci/devices/" + address;
        interfaceNamed(name, 1, up, 1_500, 4);
        file("/sys/class/net/" + name + "/speed", "1000\n");
        link("/sys/class/net/" + name + "/device", "/sys/devices/pci0000:00/0000:00:1c.0/" + address);
        link("/sys/class/net/" + name + "/device/driver", "/sys/bus/pci/drivers/igb");
        return bound(address, "igb").file(pci + "/numa_node", "1\n");
    }

    /** An Intel card bound to any driver. */
    FakeMachine bound(String address, String driver) {
        String pci = "/sys/bus/pci/devices/" + address;
        link(pci + "/driver", "/sys/bus/pci/drivers/" + driver);
        return file(pci + "/class", "0x020000\n")
                .file(pci + "/vendor", "0x8086\n")
                .file(pci + "/device", "0x1521\n");
    }

    FakeMachine defaultRoute(String name) {
        return file(
                "/proc/net/route",
                "Iface Destination Gateway Flags RefCnt Use Metric Mask\n" + name
                        + "\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
    }

    /** What a command prints; null if it fails. */
    FakeMachine command(String line, @Nullable String output) {
        outputs.put(line, output);
        return this;
    }

    /** Commands that were run. */
    List<String> commands() {
        return commands;
    }

    Report report() {
        return Doctor.examine(this);
    }

    @Override
    public @Nullable String property(String name) {
        return properties.get(name);
    }

    @Override
    public @Nullable String environment(String name) {
        return null;
    }

    @Override
    public boolean nativeAccess() {
        return nativeAccess;
    }

    @Override
    public @Nullable String read(String path) {
        return files.get(path);
    }

    @Override
    public List<String> list(String path) {
        String folder = path.endsWith("/") ? path : path + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String file : files.tailMap(folder).keySet()) {
            if (!file.startsWith(folder)) {
                break;
            }
            String rest = file.substring(folder.length());
            names.add(rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest);
        }
        return List.copyOf(names);
    }

    @Override
    public boolean exists(String path) {
        return files.containsKey(path) || links.containsKey(path) || !list(path).isEmpty();
    }

    @Override
    public @Nullable String resolve(String path) {
        return links.getOrDefault(path, exists(path) ? path : null);
    }

    @Override
    public boolean has(String command) {
        return outputs.keySet().stream().anyMatch(line -> (line + " ").startsWith(command + " "));
    }

    @Override
    public @Nullable String run(Duration limit, String... words) {
        String line = String.join(" ", words);
        commands.add(line);
        return outputs.get(line);
    }

    @Override
    public Loaded loadDpdk() {
        Loaded present = loaded;
        if (present == null) {
            throw failure;
        }
        return present;
    }
}
