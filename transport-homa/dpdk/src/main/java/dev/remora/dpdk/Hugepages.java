package dev.remora.dpdk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Hugepages of this machine. They are counted before EAL starts: it would fail without them, and can be started only once
 * per process.
 */
final class Hugepages {
    private static final Path POOLS = Path.of("/sys/kernel/mm/hugepages");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final String POOL = "hugepages-";

    /**
     * Pages of one size.
     *
     * @param sizeKb size of one
     * @param free how many are unused
     * @param total how many were set aside
     */
    record Pool(long sizeKb, long free, long total) {}

    private final List<Pool> pools;

    private Hugepages(List<Pool> pools) {
        this.pools = pools;
    }

    /** Counts them. */
    static Hugepages count() {
        return count(POOLS, MEMORY);
    }

    static Hugepages count(Path poolFolder, Path memoryFile) {
        List<Pool> pools = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(poolFolder, POOL + "*kB")) {
            for (Path folder : folders) {
                String name = String.valueOf(folder.getFileName());
                pools.add(new Pool(
                        Long.parseLong(name.substring(POOL.length(), name.length() - 2)),
                        number(Files.readString(folder.resolve("free_hugepages"))),
                        number(Files.readString(folder.resolve("nr_hugepages")))));
            }
        } catch (IOException e) {
            // Containers often hide /sys; this tells of the default size only.
            pools.clear();
            addDefault(pools, memoryFile);
        }
        return new Hugepages(pools);
    }

    /** Whether pages of one size suffice. EAL could mix sizes, but then per NUMA node. */
    boolean suffice(int memoryMb) {
        return pools.stream().anyMatch(pool -> pool.free() * pool.sizeKb() >= memoryMb * 1024L);
    }

    /** Why they do not suffice. */
    DpdkException insufficient(int memoryMb) {
        List<String> counts = new ArrayList<>();
        long wanted = 256;
        for (Pool pool : pools) {
            counts.add(pool.free() + " of " + pool.total() + " pages of " + pool.sizeKb() + " kB");
            if (pool.sizeKb() == 2048) {
                wanted = Math.max(wanted, pool.total() - pool.free() + (memoryMb + 1L) / 2);
            }
        }
        return new DpdkException(
                "DPDK was asked for " + memoryMb + " MB in hugepages, but free are "
                        + (counts.isEmpty() ? "none: this kernel has no hugepages" : String.join(", ", counts)),
                "set some aside: sudo sysctl vm.nr_hugepages=" + wanted + ", or go on without: HugepagePolicy.NONE");
    }

    private static void addDefault(List<Pool> pools, Path memoryFile) {
        long sizeKb = 0;
        long free = 0;
        long total = 0;
        try {
            for (String line : Files.readAllLines(memoryFile)) {
                if (line.startsWith("Hugepagesize:")) {
                    sizeKb = number(line);
                } else if (line.startsWith("HugePages_Free:")) {
                    free = number(line);
                } else if (line.startsWith("HugePages_Total:")) {
                    total = number(line);
                }
            }
        } catch (IOException e) {
            return;
        }
        if (sizeKb > 0) {
            pools.add(new Pool(sizeKb, free, total));
        }
    }

    private static long number(String text) {
        return Long.parseLong(text.replaceAll("\\D", ""));
    }
}
