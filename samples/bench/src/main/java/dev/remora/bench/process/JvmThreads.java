package dev.remora.bench.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Threads of a JVM by their names in {@code /proc}, of which Linux keeps 15 characters. */
final class JvmThreads {
    /** USER_HZ, which Linux has not changed on any machine with a JVM. */
    private static final long TICK_NS = 10_000_000;

    private JvmThreads() {}

    /** Whether it is the name of a JIT compiler. */
    static boolean isCompiler(String name) {
        return name.matches("C[12] Compiler.*");
    }

    /** CPU time of some so far, in ns; 0 where there is no {@code /proc}, or the process has ended. */
    static long cpuNs(long pid, Predicate<String> names) {
        return of(pid, names).stream().mapToLong(thread -> ticks(stat(thread))).sum() * TICK_NS;
    }

    /** The ids of some of a process's threads. */
    static List<String> ids(long pid, Predicate<String> names) {
        return of(pid, names).stream()
                .map(thread -> thread.getFileName().toString())
                .toList();
    }

    private static List<Path> of(long pid, Predicate<String> names) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                String name = name(stat(thread));
                if (name != null && names.test(name)) {
                    found.add(thread);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
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

    /** proc(5): the name stands in parentheses and may contain some. */
    static @Nullable String name(String stat) {
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        return open < 0 || close < open ? null : stat.substring(open + 1, close);
    }

    /** CPU time of a thread; utime and stime are fields 14 and 15. 0 of what is no such line. */
    static long ticks(String stat) {
        String[] after = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return after.length < 13 ? 0 : Long.parseLong(after[11]) + Long.parseLong(after[12]);
    }
}
