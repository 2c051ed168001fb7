package dev.remora.dpdk.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory and hugepages.
 *
 * @param hugeBytesFree in hugepages of all sizes
 */
record MemoryCheck(long hugeBytesFree) {
    /** What DPDK takes unless told otherwise. */
    static final long WANTED_BYTES = 256L << 20;

    private static final Pattern SIZE = Pattern.compile("hugepages-(\\d+)kB");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB");
    private static final String FOLDER = "/sys/kernel/mm/hugepages/";
    private static final String COST =
            "Remora goes on with ordinary pages; that costs some throughput (more TLB misses), and a card behind "
                    + "uio_pci_generic cannot be used";

    static MemoryCheck examine(Host host, Findings findings) {
        available(host, findings);
        return hugepages(host, findings);
    }

    private static void available(Host host, Findings findings) {
        Matcher line = AVAILABLE.matcher(host.text("/proc/meminfo"));
        if (!line.find()) {
            return;
        }
        long bytes = Numbers.number(line.group(1), 0) << 10;
        if (bytes < 2 * WANTED_BYTES) {
            findings.warning(
                    "memory.available",
                    Numbers.bytes(bytes) + " of memory are available; DPDK takes " + Numbers.bytes(WANTED_BYTES)
                            + " by default",
                    "end other processes, or give DPDK less: EalConfig.builder().memoryMb(64)");
        } else {
            findings.ok("memory.available", Numbers.bytes(bytes) + " of memory available");
        }
    }

    private static MemoryCheck hugepages(Host host, Findings findings) {
        List<String> sizes = new ArrayList<>();
        long freeBytes = 0;
        long smallest = 0;
        for (String name : host.machine().list(FOLDER)) {
            Matcher size = SIZE.matcher(name);
            if (!size.matches()) {
                continue;
            }
            long pageBytes = Numbers.number(size.group(1), 0) << 10;
            long total = host.number(FOLDER + name + "/nr_hugepages", 0);
            long free = host.number(FOLDER + name + "/free_hugepages", 0);
            sizes.add(Numbers.bytes(pageBytes) + ": " + free + " free of " + total);
            freeBytes += free * pageBytes;
            smallest = smallest == 0 ? pageBytes : Math.min(smallest, pageBytes);
        }
        if (sizes.isEmpty()) {
            findings.note(
                    "memory.hugepages",
                    "this kernel shows no hugepages; " + COST,
                    "boot a kernel with CONFIG_HUGETLBFS, if you want them");
            return new MemoryCheck(0);
        }
        String text = "hugepages of " + String.join(", ", sizes);
        if (freeBytes >= WANTED_BYTES) {
            findings.ok("memory.hugepages", text);
        } else {
            long pages = Math.ceilDiv(WANTED_BYTES, smallest);
            findings.note(
                    "memory.hugepages",
                    text
                            + (freeBytes == 0
                                    ? "; "
                                    : ", less than the " + Numbers.bytes(WANTED_BYTES) + " that DPDK takes; ")
                            + COST,
                    host.sudo() + "sysctl vm.nr_hugepages=" + 2 * pages + " (" + Numbers.bytes(2 * pages * smallest)
                            + ": two processes; to keep it, put the setting into /etc/sysctl.d/hugepages.conf)");
        }
        mount(host, findings);
        return new MemoryCheck(freeBytes);
    }

    private static void mount(Host host, Findings findings) {
        List<String> mounts = new ArrayList<>();
        for (String line : host.text("/proc/mounts").split("\n")) {
            String[] words = line.split(" ");
            if (words.length > 2 && words[2].equals("hugetlbfs")) {
                mounts.add(words[1]);
            }
        }
        findings.ok(
                "memory.hugetlbfs",
                mounts.isEmpty()
                        ? "hugetlbfs is not mounted, and need not be: Remora takes hugepages without files"
                        : "hugetlbfs is mounted at " + String.join(", ", mounts));
    }
}
