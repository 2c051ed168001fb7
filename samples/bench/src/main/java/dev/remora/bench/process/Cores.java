package dev.remora.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which cores this process may use, and the command that binds another to some of them. */
public final class Cores {
    private static final String ALLOWED = "Cpus_allowed_list:";

    private Cores() {}

    /** Numbers of the cores that this process may use; empty where the system does not tell. */
    public static List<Integer> allowed() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return List.of();
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .findFirst()
                    .map(line -> parseList(line.substring(ALLOWED.length()).strip()))
                    .orElse(List.of());
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/status cannot be read", e);
        }
    }

    /** Reads a list such as {@code 0-2,5}. */
    public static List<Integer> parseList(String text) {
        List<Integer> cores = new ArrayList<>();
        for (String part : text.split(",")) {
            String[] ends = part.split("-", 2);
            int last = Integer.parseInt(ends[ends.length - 1].strip());
            for (int core = Integer.parseInt(ends[0].strip()); core <= last; core++) {
                cores.add(core);
            }
        }
        return cores;
    }

    /** Whether {@code command} is installed. */
    public static boolean hasCommand(String command) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, command))) {
                return true;
            }
        }
        return false;
    }

    /** What to put before a command; nothing for any core. */
    public static List<String> pinned(List<Integer> cores) {
        if (cores.isEmpty()) {
            return List.of();
        }
        return List.of(
                "taskset",
                "-c",
                String.join(",", cores.stream().map(String::valueOf).toList()));
    }
}
