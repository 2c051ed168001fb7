package dev.remora.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.dpdk.ffi.Natives;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What DPDK logs, led into Java: a pipe whose one end is DPDK's log stream, whose other a daemon thread reads. The lines go
 * to the {@link Logger} {@code dev.remora.dpdk}, and the last hundred are kept, since DPDK tells the cause of most failures
 * nowhere else.
 *
 * <p>The writing end does not block: a critical call that logs into a full pipe would else wait for the reader, which may
 * wait for a garbage collection, which waits for the call. Lines that do not fit are lost. The stream stays for the life of
 * the process, since some threads of DPDK do, too.
 *
 * <p>Thread-safe.
 */
final class EalLog {
    private static final Logger LOG = System.getLogger("dev.remora.dpdk");
    private static final int KEPT = 100;
    private static final List<String> FATAL = List.of("fatal", "panic");
    private static final List<String> BAD = List.of(
            "error", "fail", "cannot", "can't", "could not", "couldn't", "unable", "invalid", "warn", "no free");
    private static final String MARK = "remora-log-mark-";
    private static final long DRAIN_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int LINE_BUFFERED = 1;

    private static final MethodHandle PIPE =
            Natives.function("pipe2", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FDOPEN =
            Natives.function("fdopen", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle SETVBUF =
            Natives.function("setvbuf", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
    private static final MethodHandle FPUTS =
            Natives.function("fputs", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOSE = Natives.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN_STREAM =
            Natives.function("rte_openlog_stream", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));

    private final long stream;
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private long count;
    private long marksSent;
    private long marksSeen;
    private @Nullable Thread reader;

    private EalLog(long stream) {
        this.stream = stream;
    }

    /** Makes the pipe and DPDK write to it. */
    static EalLog open() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            int piped = (int) PIPE.invokeExact(ends.address(), O_NONBLOCK | O_CLOEXEC);
            if (piped != 0) {
                throw new DpdkException("no pipe for DPDK's log", "raise the limit of open files: ulimit -n");
            }
            int readEnd = ends.getAtIndex(JAVA_INT, 0);
            // Opened anew the reading end blocks, while the writing one does not.
            FileInputStream in = new FileInputStream("/proc/self/fd/" + readEnd);
            int closed = (int) CLOSE.invokeExact(readEnd);
            long stream = (long) FDOPEN.invokeExact(
                    ends.getAtIndex(JAVA_INT, 1), arena.allocateFrom("w").address());
            if (closed != 0 || stream == 0) {
                throw new DpdkException("no stream for DPDK's log", "see whether the process is short of memory");
            }
            int buffered = (int) SETVBUF.invokeExact(stream, 0L, LINE_BUFFERED, 0L);
            int opened = (int) OPEN_STREAM.invokeExact(stream);
            if (buffered != 0 || opened != 0) {
                LOG.log(Level.WARNING, "DPDK's log stream may be incomplete");
            }
            EalLog log = new EalLog(stream);
            Thread reader = Thread.ofPlatform().name("dpdk-log").daemon().unstarted(() -> log.read(in));
            log.reader = reader;
            reader.start();
            return log;
        } catch (IOException e) {
            throw new DpdkException("DPDK's log cannot be read: " + e.getMessage(), "see whether /proc is mounted");
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The last lines, the newest last, with all that was logged before the call. */
    List<String> recent() {
        return since(0);
    }

    /** How many lines there were until now. */
    long position() {
        drain();
        synchronized (this) {
            return count;
        }
    }

    /** Lines after a position, the last hundred of them at most. */
    List<String> since(long position) {
        drain();
        synchronized (this) {
            long wanted = Math.min(count - position, last.size());
            return new ArrayList<>(last).subList((int) (last.size() - wanted), last.size());
        }
    }

    /** Writes a line to the stream and waits until it is read: then all lines before it are, too. */
    private void drain() {
        if (Thread.currentThread().equals(reader)) {
            // A handler of the logger asks; the reader cannot wait for itself.
            return;
        }
        synchronized (this) {
            long mark = ++marksSent;
            try (Arena arena = Arena.ofConfined()) {
                int put = (int) FPUTS.invokeExact(
                        arena.allocateFrom("\n" + MARK + mark + "\n").address(), stream);
                if (put < 0) {
                    return;
                }
            } catch (Throwable e) {
                throw Natives.unexpected(e);
            }
            long end = System.nanoTime() + DRAIN_NS;
            long left = DRAIN_NS;
            try {
                while (marksSeen < mark && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                    left = end - System.nanoTime();
                }
            } catch (InterruptedException e) {
                // The lines read so far have to do.
                Thread.currentThread().interrupt();
            }
        }
    }

    private void read(FileInputStream from) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(from, UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isBlank()) {
                    add(line);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "DPDK's log cannot be read any more", e);
        }
    }

    private void add(String line) {
        if (line.startsWith(MARK)) {
            synchronized (this) {
                marksSeen = Long.parseLong(line.substring(MARK.length()));
                notifyAll();
            }
            return;
        }
        synchronized (this) {
            if (last.size() == KEPT) {
                last.removeFirst();
            }
            last.addLast(line);
            count++;
        }
        LOG.log(level(line), line);
    }

    /** DPDK does not write the weight of a message, so that its words have to tell. */
    static Level level(String line) {
        String text = line.toLowerCase(Locale.ROOT);
        if (contains(text, FATAL)) {
            return Level.ERROR;
        }
        return contains(text, BAD) ? Level.WARNING : Level.INFO;
    }

    private static boolean contains(String text, List<String> words) {
        for (String word : words) {
            if (text.contains(word)) {
                return true;
            }
        }
        return false;
    }
}
