package dev.remora.bench.echo;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The child processes of this JVM that run now. Interrupting it (Ctrl-C) ends them and removes their files. */
final class LiveChildren {
    private static final Map<Process, Optional<Path>> LIVE = new ConcurrentHashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LiveChildren::endAll, "bench-children"));
    }

    private LiveChildren() {}

    static void add(Process process, Path scratch) {
        LIVE.put(process, Optional.of(scratch));
    }

    static void add(Process process) {
        LIVE.put(process, Optional.empty());
    }

    static void remove(Process process) {
        LIVE.remove(process);
    }

    private static void endAll() {
        LIVE.keySet().forEach(Process::destroyForcibly);
        LIVE.forEach((process, scratch) -> {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            scratch.ifPresent(Scratch::delete);
        });
    }
}
