package dev.remora.dpdk;

import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** EAL's functions. Initialised only after the libraries were loaded. */
final class EalCalls {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;

    private static final MethodHandle INIT = Natives.function("rte_eal_init", FunctionDescriptor.of(INT, INT, POINTER));
    private static final MethodHandle CLEANUP = Natives.function("rte_eal_cleanup", FunctionDescriptor.of(INT));
    private static final MethodHandle HOTPLUG_ADD =
            Natives.function("rte_eal_hotplug_add", FunctionDescriptor.of(INT, POINTER, POINTER, POINTER));
    private static final MethodHandle HOTPLUG_REMOVE =
            Natives.function("rte_eal_hotplug_remove", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle PORT_BY_NAME =
            Natives.function("rte_eth_dev_get_port_by_name", FunctionDescriptor.of(INT, POINTER, POINTER));
    private static final MethodHandle RUNTIME_FOLDER =
            Natives.function("rte_eal_get_runtime_dir", FunctionDescriptor.of(POINTER));
    private static final MethodHandle REGISTER = Natives.function("rte_thread_register", FunctionDescriptor.of(INT));
    private static final MethodHandle UNREGISTER =
            Natives.function("rte_thread_unregister", FunctionDescriptor.ofVoid());

    private EalCalls() {}

    static int init(List<String> arguments) {
        // EAL keeps pointers to its arguments, so they live as long as the process.
        Arena arena = Arena.global();
        MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG, arguments.size() + 1L);
        for (int i = 0; i < arguments.size(); i++) {
            array.setAtIndex(
                    ValueLayout.JAVA_LONG,
                    i,
                    arena.allocateFrom(arguments.get(i)).address());
        }
        try {
            return (int) INIT.invokeExact(arguments.size(), array.address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int cleanup() {
        try {
            return (int) CLEANUP.invokeExact();
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int attach(String bus, String name, String arguments) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) HOTPLUG_ADD.invokeExact(
                    arena.allocateFrom(bus).address(),
                    arena.allocateFrom(name).address(),
                    arena.allocateFrom(arguments).address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int detach(String bus, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) HOTPLUG_REMOVE.invokeExact(
                    arena.allocateFrom(bus).address(), arena.allocateFrom(name).address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The port's number, or a negative error number. */
    static int port(String device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(2, 2);
            int result =
                    (int) PORT_BY_NAME.invokeExact(arena.allocateFrom(device).address(), id.address());
            return result == 0 ? id.get(ValueLayout.JAVA_SHORT, 0) & 0xffff : result;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Folder for files that processes share. */
    static String runtimeFolder() {
        try {
            return Memory.string((long) RUNTIME_FOLDER.invokeExact());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int register() {
        try {
            return (int) REGISTER.invokeExact();
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static void unregister() {
        try {
            UNREGISTER.invokeExact();
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }
}
