package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls that only tests need. They change the calling thread alone, as Linux has it, and so need a thread of their own. */
public final class TestCalls {
    private static final int O_RDONLY = 0;
    private static final int CLONE_NEWNS = 0x20000;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final long MS_REC = 0x4000;
    private static final long MS_SLAVE = 1 << 19;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int CAPABILITY_VERSION = 0x20080522;
    private static final int CAP_NET_RAW = 13;

    private static final int FIXED = -1;
    private static final MethodHandle OPEN = SystemCalls.function("open", 2, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SETNS = SystemCalls.function("setns", FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UNSHARE = SystemCalls.function("unshare", FIXED, JAVA_INT, JAVA_INT);
    private static final MethodHandle MOUNT =
            SystemCalls.function("mount", FIXED, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CAPGET = SystemCalls.function("capget", FIXED, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CAPSET = SystemCalls.function("capset", FIXED, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private TestCalls() {}

    /** The calling thread is in the network namespace from now on, and sees its interfaces in /sys. */
    static void enterNetwork(String namespace) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            long file = arena.allocateFrom("/run/netns/" + namespace).address();
            int fd = (int) OPEN.invokeExact(state, file, O_RDONLY);
            need("open of " + namespace, fd, state);
            need("setns", (int) SETNS.invokeExact(state, fd, CLONE_NEWNET), state);
            new SystemCalls(arena).close(fd);
            need("unshare", (int) UNSHARE.invokeExact(state, CLONE_NEWNS), state);
            long none = arena.allocateFrom("none").address();
            long root = arena.allocateFrom("/").address();
            need("mount of /", (int) MOUNT.invokeExact(state, none, root, 0L, MS_REC | MS_SLAVE, 0L), state);
            long sys = arena.allocateFrom("/sys").address();
            long sysfs = arena.allocateFrom("sysfs").address();
            need("mount of /sys", (int) MOUNT.invokeExact(state, sysfs, sys, sysfs, 0L, 0L), state);
        } catch (Throwable e) {
            throw SystemCalls.unexpected(e);
        }
    }

    /** The calling thread may open no packet sockets from now on. */
    public static void dropRawSockets() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            MemorySegment header = arena.allocate(8, 8);
            header.set(JAVA_INT, 0, CAPABILITY_VERSION);
            // Effective, permitted and inheritable, 12 bytes for the first 32 rights, then the same for the others.
            MemorySegment rights = arena.allocate(24, 8);
            need("capget", (int) CAPGET.invokeExact(state, header.address(), rights.address()), state);
            rights.set(JAVA_INT, 0, rights.get(JAVA_INT, 0) & ~(1 << CAP_NET_RAW));
            need("capset", (int) CAPSET.invokeExact(state, header.address(), rights.address()), state);
        } catch (Throwable e) {
            throw SystemCalls.unexpected(e);
        }
    }

    /** What ethtool -K does: sets a value of an interface in the calling thread's namespace. */
    static void ethtool(String interfaceName, int command, int value) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls calls = new SystemCalls(arena);
            int fd = calls.socket(Abi.AF_INET, Abi.SOCK_DGRAM, 0);
            MemorySegment argument = arena.allocate(8, 8);
            argument.set(JAVA_INT, 0, command);
            argument.set(JAVA_INT, 4, value);
            MemorySegment request = arena.allocate(Abi.IFREQ_BYTES, 8);
            request.setString(Abi.IFREQ__NAME, interfaceName);
            request.set(JAVA_LONG, Abi.IFREQ__VALUE, argument.address());
            int result = calls.ioctl(fd, SIOCETHTOOL, request.address());
            calls.close(fd);
            if (result < 0) {
                throw new IllegalStateException("ethtool 0x" + Integer.toHexString(command) + " on " + interfaceName
                        + ": " + SystemCalls.text(result));
            }
        }
    }

    private static void need(String what, int result, MemorySegment state) {
        if (result < 0) {
            throw new IllegalStateException(what + ": " + SystemCalls.text(state.get(JAVA_INT, 0)));
        }
    }
}
