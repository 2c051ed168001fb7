package dev.remora.dpdk;

import dev.remora.dpdk.ffi.Natives;
import java.lang.System.Logger;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/**
 * DPDK's log. It writes to a C stream; this one is a pipe, and a daemon thread reads its other end into the logger
 * {@code dev.remora.dpdk}. A callback instead of the pipe would abort the JVM when a critical call logs.
 */
final class EalLog {
    private static final int KEPT = 100;
    private static final int LINE_BUFFERED = 1;
    private static final int MAX_LINE = 2_000;

    private static final Logger LOGGER = System.getLogger("dev.remora.dpdk");
    private static final MethodHandle PIPE =
            Natives.function("pipe", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle READ = Natives.function(
            "read",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FDOPEN = Natives.function(
            "fdopen", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle SETVBUF = Natives.function(
            "setvbuf",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle OPENLOG =
            Natives.function("rte_openlog_stream", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));

    private final ArrayDeque<String> recent = new ArrayDeque<>();

    private EalLog() {}

    /** Redirects the log, for the life of the process. */
    static EalLog open() {
        EalLog log = new EalLog();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(8, 4);
            if ((int) PIPE.invokeExact(ends.address()) != 0) {
                throw new DpdkException("no pipe for DPDK's log", "raise the limit of open files: ulimit -n");
            }
            int readEnd = ends.get(ValueLayout.JAVA_INT, 0);
            long stream = (long) FDOPEN.invokeExact(
                    ends.get(ValueLayout.JAVA_INT, 4), arena.allocateFrom("w").address());
            if (stream == 0
                    || (int) SETVBUF.invokeExact(stream, 0L, LINE_BUFFERED, 0L) != 0
                    || (int) OPENLOG.invokeExact(stream) != 0) {
                throw new DpdkException("DPDK's log cannot be redirected", "");
            }
            Thread.ofPlatform().name("dpdk-log").daemon().start(() -> log.read(readEnd));
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
        return log;
    }

    /** The last lines, oldest first; at most 100. */
    List<String> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    private void read(int end) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4_096);
            StringBuilder line = new StringBuilder();
            while (true) {
                long count = (long) READ.invokeExact(end, buffer.address(), buffer.byteSize());
                if (count <= 0) {
                    return;
                }
                String text = new String(
                        buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
                for (int i = 0; i < text.length(); i++) {
                    char c = text.charAt(i);
                    if (c == '\n' || line.length() >= MAX_LINE) {
                        onLine(line.toString().strip());
                        line.setLength(0);
                    }
                    if (c != '\n') {
                        line.append(c);
                    }
                }
            }
        } catch (Throwable e) {
            LOGGER.log(Logger.Level.WARNING, "DPDK's log can no longer be read", e);
        }
    }

    private void onLine(String line) {
        if (line.isEmpty()) {
            return;
        }
        synchronized (recent) {
            if (recent.size() == KEPT) {
                recent.removeFirst();
            }
            recent.addLast(line);
        }
        LOGGER.log(level(line), line);
    }

    /** DPDK's lines do not carry their level. */
    private static Logger.Level level(String line) {
        String lower = line.toLowerCase(Locale.ROOT);
        boolean bad = lower.contains("error")
                || lower.contains("fail")
                || lower.contains("cannot")
                || lower.contains("could not")
                || lower.contains("invalid")
                || lower.contains("unable");
        return bad ? Logger.Level.WARNING : Logger.Level.INFO;
    }
}
