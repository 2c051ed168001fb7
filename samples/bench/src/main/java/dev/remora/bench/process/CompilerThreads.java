package dev.remora.bench.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JIT compilers of a JVM, by the names of its threads in {@code /proc}. */
final class CompilerThreads {
    /** USER_HZ, which Linux has not changed on any machine with a JVM. */
    private static final long TICK_NS = 10_000_000;

    private CompilerThreads() {}

    /** CPU time of all so far, in ns; 0 where there is no {@code /proc}, or the process has ended. */
    static long cpuNs(long pid) {
        return of(pid).stream().mapToLong(thread -> ticks(stat(thread))).sum() * TICK_NS;
    }

    /** The ids of a process's compiler threads. */
    static List<String> ids(long pid) {
        return of(pid).stream().map(thread -> thread.getFileName().toString()).toList();
    }

    private static List<Path> of(long pid) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                if (isCompiler(stat(thread))) {
                    found.add(thread);
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    /** Empty when the thread has ended meanwhile. */
    private static String stat(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isCompiler(String stat) {
        String name = name(stat);
        return name != null && name.matches("C[12] Compiler.*");
    }

    /** proc(5): the name stands in parentheses and may contain some. */
    private static @Nullable String name(String stat) {
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        return open < 0 || close < open ? null : stat.substring(open + 1, close);
    }

    /** CPU time of a compiler's thread, 0 of any other; utime and stime are fields 14 and 15. */
    static long ticks(String stat) {
        if (!isCompiler(stat)) {
            return 0;
        }
        String[] after = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return after.length < 13 ? 0 : Long.parseLong(after[11]) + Long.parseLong(after[12]);
    }
}
