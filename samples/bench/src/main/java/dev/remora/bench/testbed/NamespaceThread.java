package dev.remora.bench.testbed;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * Moves a thread into a network namespace, as {@code ip netns exec} does a process: Linux has a namespace for each thread, so one
 * JVM can have the clients of many hosts. Sockets belong to the namespace of the thread that opens them; threads inherit it from
 * the one that starts them.
 */
public final class NamespaceThread {
    private static final String NAMESPACES = "/run/netns/";
    private static final int CLONE_NEWNS = 0x0002_0000;
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final long MS_RDONLY = 1;
    private static final long MS_REC = 1 << 14;
    private static final long MS_SLAVE = 1 << 19;
    private static final int O_RDONLY = 0;

    private static final FunctionDescriptor OF_PATH_AND_INT = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
    private static final FunctionDescriptor OF_INT = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
    private static final FunctionDescriptor OF_TWO_INTS = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
    private static final FunctionDescriptor OF_MOUNT =
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);

    private final Arena arena;
    private final String namespace;

    private NamespaceThread(Arena arena, String namespace) {
        this.arena = arena;
        this.namespace = namespace;
    }

    /**
     * The calling platform thread, and those that it starts later, from now on see the network of that namespace alone, also in
     * {@code /sys}. There is no way back.
     *
     * @param namespace as {@code ip netns} names it
     * @throws TestbedException if there is none of that name, or this process may not
     */
    public static void enter(String namespace) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread has no namespace of its own");
        }
        try (Arena arena = Arena.ofConfined()) {
            new NamespaceThread(arena, namespace).enter();
        }
    }

    private void enter() {
        int file = call("open", OF_PATH_AND_INT, arena.allocateFrom(NAMESPACES + namespace), O_RDONLY);
        try {
            call("unshare", OF_INT, CLONE_NEWNS);
            // What is mounted here must not show elsewhere; that a namespace's name was removed must show here.
            mount("none", "/", "none", MS_REC | MS_SLAVE);
            call("setns", OF_TWO_INTS, file, CLONE_NEWNET);
            // A sysfs shows the network of whoever mounted it.
            mount(namespace, "/sys", "sysfs", MS_RDONLY);
        } finally {
            call("close", OF_INT, file);
        }
    }

    private void mount(String source, String target, String type, long flags) {
        call(
                "mount",
                OF_MOUNT,
                arena.allocateFrom(source),
                arena.allocateFrom(target),
                arena.allocateFrom(type),
                flags,
                MemorySegment.NULL);
    }

    /** Calls a function of the C library, whose result below 0 is a failure. */
    private int call(String function, FunctionDescriptor descriptor, Object... arguments) {
        MemorySegment state = arena.allocate(Native.STATE);
        int result = Native.call(function, descriptor, state, arguments);
        if (result < 0) {
            throw new TestbedException(
                    "namespace " + namespace + " cannot be entered: " + function + " says "
                            + Native.error(state.get(JAVA_INT, Native.ERRNO)),
                    "it takes root, and a testbed that stands");
        }
        return result;
    }

    /** How C is called. Slow, which does not matter here. */
    @SuppressWarnings("restricted")
    private static final class Native {
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
        private static final Linker LINKER = Linker.nativeLinker();

        private Native() {}

        static int call(String function, FunctionDescriptor descriptor, MemorySegment state, Object... arguments) {
            Object[] all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            try {
                return (int) LINKER.downcallHandle(
                                LINKER.defaultLookup().findOrThrow(function),
                                descriptor,
                                Linker.Option.captureCallState("errno"))
                        .invokeWithArguments(all);
            } catch (Error | RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(function + " threw, which C cannot", e);
            }
        }

        static String error(int errno) {
            return switch (errno) {
                case 1 -> "EPERM";
                case 2 -> "ENOENT";
                case 13 -> "EACCES";
                default -> "errno " + errno;
            };
        }
    }
}
