package dev.remora.homa.host;

import dev.remora.dpdk.HugepagePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a {@link HostNetwork} works.
 *
 * @param folder where the transports of this host find each other; made if absent, and private to the user
 * @param mtu largest IP packet, in bytes, 1280 to 9000; the same in all processes that use the folder. Longer messages go in
 *     frames of 64 KB, so it matters little
 * @param linkMbps for the protocol's pacing, in Mbit/s: shared memory has no rate of its own
 * @param memoryMb for DPDK, in MiB, at least 64; each peer takes about 15 of them for each queue
 * @param hugepages whether DPDK's memory is in hugepages
 * @param engines ports of the network, each with a queue to each peer that has as many
 */
public record HostSettings(Path folder, int mtu, int linkMbps, int memoryMb, HugepagePolicy hugepages, int engines) {
    private static final int LEAST_MTU = 1_280;
    private static final int MOST_MTU = 9_000;
    private static final int LEAST_MEMORY_MB = 64;
    static final int MOST_ENGINES = 64;

    public HostSettings {
        folder = folder.toAbsolutePath().normalize();
        if (mtu < LEAST_MTU || mtu > MOST_MTU) {
            throw new IllegalArgumentException("an MTU must be " + LEAST_MTU + " to " + MOST_MTU + ", is " + mtu);
        }
        if (linkMbps < 1) {
            throw new IllegalArgumentException("the link's rate must be at least 1 Mbit/s, is " + linkMbps);
        }
        if (memoryMb < LEAST_MEMORY_MB) {
            throw new IllegalArgumentException("memory must be at least " + LEAST_MEMORY_MB + " MiB, is " + memoryMb);
        }
        if (engines < 1 || engines > MOST_ENGINES) {
            throw new IllegalArgumentException("engines must be 1 to " + MOST_ENGINES + ", are " + engines);
        }
    }

    public HostSettings withFolder(Path other) {
        return new HostSettings(other, mtu, linkMbps, memoryMb, hugepages, engines);
    }

    public HostSettings withMemoryMb(int other) {
        return new HostSettings(folder, mtu, linkMbps, other, hugepages, engines);
    }

    public HostSettings withEngines(int other) {
        return new HostSettings(folder, mtu, linkMbps, memoryMb, hugepages, other);
    }

    /**
     * {@code $XDG_RUNTIME_DIR/remora}, or {@code /dev/shm/remora-<uid>}, or {@code /tmp/remora-<uid>}: the first whose parent can be
     * written to. The first two are memory; a disk may now and then keep a thread waiting that writes to a page it shares.
     */
    public static Path defaultFolder() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isBlank() && Files.isWritable(Path.of(runtime))) {
            return Path.of(runtime, "remora");
        }
        Path memory = Path.of("/dev/shm");
        return (Files.isWritable(memory) ? memory : Path.of("/tmp")).resolve("remora-" + userId());
    }

    /** The number of the user whose process this is. */
    static int userId() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read who owns /proc/self; is /proc mounted?", e);
        }
    }
}
