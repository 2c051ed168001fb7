package dev.remora.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the figures were measured on. */
public final class Machine {
    private static final String UNKNOWN = "unknown";

    private Machine() {}

    public static int onlineCores() {
        Path stat = Path.of("/proc/stat");
        if (!Files.isReadable(stat)) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            // One line per core; a taskset of this process does not change them.
            return (int) Files.readAllLines(stat).stream()
                    .filter(line -> line.matches("cpu\\d+ .*"))
                    .count();
        } catch (IOException e) {
            throw new IllegalStateException(stat + " cannot be read", e);
        }
    }

    /** In the order to be shown. */
    public static Map<String, String> describe() {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("architecture", System.getProperty("os.arch"));
        machine.put("processor", processor());
        machine.put("cores", Integer.toString(onlineCores()));
        machine.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.put("governor", firstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        machine.put("tcpCongestionControl", firstLine("/proc/sys/net/ipv4/tcp_congestion_control"));
        machine.put("loadAverage", firstLine("/proc/loadavg"));
        return machine;
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String firstLine(String file) {
        try {
            return Files.readString(Path.of(file)).lines().findFirst().orElse(UNKNOWN);
        } catch (IOException e) {
            // Virtual machines mostly have no such file.
            return UNKNOWN;
        }
    }
}
