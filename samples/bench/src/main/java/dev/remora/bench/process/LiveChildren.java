package dev.remora.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The child processes of this JVM that run now. Interrupting it (Ctrl-C) ends them and removes their files. */
final class LiveChildren {
    private static final Object LOCK = new Object();
    private static final Map<Process, Optional<Path>> LIVE = new HashMap<>();
    private static boolean ending;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LiveChildren::endAll, "bench-children"));
    }

    private LiveChildren() {}

    /**
     * Starts a child. While this JVM is ending it never returns: the run sees its children die and would go on to start
     * the next ones.
     *
     * @param scratch its files, if any
     */
    public static Process start(ProcessBuilder builder, Optional<Path> scratch)
            throws IOException, InterruptedException {
        synchronized (LOCK) {
            if (!ending) {
                Process process = builder.start();
                LIVE.put(process, scratch);
                return process;
            }
        }
        scratch.ifPresent(Scratch::delete);
        new CountDownLatch(1).await();
        throw new IllegalStateException("waited for a latch that nobody opens");
    }

    public static void remove(Process process) {
        synchronized (LOCK) {
            LIVE.remove(process);
        }
    }

    private static void endAll() {
        Map<Process, Optional<Path>> left;
        synchronized (LOCK) {
            ending = true;
            left = Map.copyOf(LIVE);
        }
        left.keySet().forEach(Process::destroyForcibly);
        left.forEach((process, scratch) -> {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            scratch.ifPresent(Scratch::delete);
        });
    }
}
