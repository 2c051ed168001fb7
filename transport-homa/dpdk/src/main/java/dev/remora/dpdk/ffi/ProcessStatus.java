package dev.remora.dpdk.ffi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What Linux says about this process in {@code /proc}: capabilities, CPUs, the interfaces it sees. */
public final class ProcessStatus {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path THREAD = Path.of("/proc/thread-self/status");
    private static final Path INTERFACES = Path.of("/proc/thread-self/net/dev");

    private ProcessStatus() {}

    /** CPUs the process may run on, such as {@code 0-3,8}; null where unknown. */
    public static @Nullable String allowedCpus() {
        return value(STATUS, "Cpus_allowed_list");
    }

    /** Whether the calling thread has a capability in effect, by its number; true where unknown. */
    public static boolean hasCapability(int number) {
        String mask = value(THREAD, "CapEff");
        return mask == null || (Long.parseUnsignedLong(mask, 16) >>> number & 1) != 0;
    }

    /**
     * Whether there is such a network interface in the network namespace of the calling thread; true where unknown.
     * {@code /sys/class/net} would not do: it shows the namespace of whoever mounted it.
     */
    public static boolean hasInterface(String name) {
        String start = name + ":";
        try {
            return Files.readString(INTERFACES)
                    .lines()
                    .anyMatch(line -> line.strip().startsWith(start));
        } catch (IOException e) {
            return true;
        }
    }

    private static @Nullable String value(Path file, String key) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(key + ":")) {
                    return line.substring(key.length() + 1).strip();
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }
}
