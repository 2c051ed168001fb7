package dev.remora.bench.testbed;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Does something on a thread of its own in a network namespace; sockets opened there stay there, whoever uses them. */
@SuppressWarnings("restricted")
final class Inside {
    private static final int LIMIT_SECONDS = 30;
    private static final int O_RDONLY = 0;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Inside() {}

    static <T> T of(TestbedHost host, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            enter(host.namespace());
            return work.call();
        });
        Thread.ofPlatform().daemon().name("in " + host.namespace()).start(task);
        return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static void enter(String namespace) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom("/var/run/netns/" + namespace), O_RDONLY);
            int entered = fd < 0 ? fd : (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            int closed = fd < 0 ? fd : (int) CLOSE.invokeExact(fd);
            if (entered < 0 || closed < 0) {
                throw new IllegalStateException("namespace " + namespace + " cannot be entered");
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
