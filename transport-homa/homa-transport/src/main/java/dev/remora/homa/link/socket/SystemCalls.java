package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Linux' calls as the kernel has them: the result, or the error number negated. Pointers are addresses, so that no segment
 * is made for a call. One thread at a time, as the place for errno belongs to the object.
 */
public final class SystemCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final int FIXED = -1;
    private static final int IOCTL_VARIADIC = 2;
    private static final int PRCTL_VARIADIC = 1;

    private static final MethodHandle SOCKET = function("socket", FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = function("bind", FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle IOCTL =
            function("ioctl", IOCTL_VARIADIC, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SENDMMSG =
            function("sendmmsg", FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle RECVMMSG =
            function("recvmmsg", FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle PPOLL =
            function("ppoll", FIXED, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PRCTL = function("prctl", PRCTL_VARIADIC, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle EVENTFD = function("eventfd", FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = function("read", FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE = function("write", FIXED, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CLOSE = function("close", FIXED, JAVA_INT, JAVA_INT);
    private static final MethodHandle IF_NAMETOINDEX = function("if_nametoindex", FIXED, JAVA_INT, JAVA_LONG);
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

    private final MemorySegment state;

    /** @param arena where errno is kept */
    SystemCalls(Arena arena) {
        state = arena.allocate(STATE);
    }

    /**
     * A function of libc whose errno is kept.
     *
     * @param variadic index of the first variadic argument, or {@link #FIXED}
     */
    static MethodHandle function(String name, int variadic, ValueLayout result, MemoryLayout... arguments) {
        List<Linker.Option> options = new ArrayList<>(List.of(Linker.Option.captureCallState("errno")));
        if (variadic != FIXED) {
            options.add(Linker.Option.firstVariadicArg(variadic));
        }
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                options.toArray(Linker.Option[]::new));
    }

    int socket(int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int bind(int fd, long address, int bytes) {
        try {
            return result((int) BIND.invokeExact(state, fd, address, bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int setsockopt(int fd, int level, int option, long value, int bytes) {
        try {
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, value, bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @param bytes address of an int: room there is, then room used */
    int getsockopt(int fd, int level, int option, long value, long bytes) {
        try {
            return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, value, bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int ioctl(int fd, long request, long argument) {
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int sendmmsg(int fd, long messages, int count, int flags) {
        try {
            return result((int) SENDMMSG.invokeExact(state, fd, messages, count, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Without its time limit, which does not do what one expects. */
    int recvmmsg(int fd, long messages, int count, int flags) {
        try {
            return result((int) RECVMMSG.invokeExact(state, fd, messages, count, flags, 0L));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Of the calling thread. */
    int prctl(int option, long value) {
        try {
            return result((int) PRCTL.invokeExact(state, option, value));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @param timeout address of a struct timespec */
    int ppoll(long descriptors, long count, long timeout) {
        try {
            return result((int) PPOLL.invokeExact(state, descriptors, count, timeout, 0L));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int eventfd(int value, int flags) {
        try {
            return result((int) EVENTFD.invokeExact(state, value, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int read(int fd, long to, long bytes) {
        try {
            return result((int) (long) READ.invokeExact(state, fd, to, bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int write(int fd, long from, long bytes) {
        try {
            return result((int) (long) WRITE.invokeExact(state, fd, from, bytes));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int close(int fd) {
        try {
            return result((int) CLOSE.invokeExact(state, fd));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Unlike the others this one has 0 for an error. */
    int interfaceIndex(long name) {
        try {
            int index = (int) IF_NAMETOINDEX.invokeExact(state, name);
            return index == 0 ? -errno() : index;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Text of an error number, which may be given negative. */
    static String text(int error) {
        int positive = Math.abs(error);
        try {
            long address = (long) STRERROR.invokeExact(positive);
            return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0) + " (errno " + positive
                    + ")";
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private int result(int returned) {
        return returned < 0 ? -errno() : returned;
    }

    private int errno() {
        return state.get(JAVA_INT, ERRNO_AT);
    }

    /** What a call of a method handle threw, to throw on: native functions throw nothing of their own. */
    public static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException e) {
            return e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(thrown);
    }
}
