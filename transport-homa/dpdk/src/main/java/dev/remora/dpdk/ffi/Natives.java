package dev.remora.dpdk.ffi;

import dev.remora.dpdk.DpdkException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * DPDK's functions as method handles. Pointers are {@code JAVA_LONG} everywhere: an address is a number, so that no
 * segment is made for it. Keep handles in static final fields; the JIT then compiles a call to a few instructions.
 */
public final class Natives {
    private static final Linker LINKER = Linker.nativeLinker();

    private Natives() {}

    /**
     * An exported function of DPDK or libc.
     *
     * @throws DpdkException if no loaded library has it
     */
    public static MethodHandle function(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(address(name), type);
    }

    /**
     * A function by pointer, whose address is the handle's first argument, for function tables such as
     * {@code rte_eth_fp_ops}.
     */
    public static MethodHandle pointer(FunctionDescriptor type) {
        return LINKER.downcallHandle(type);
    }

    /**
     * The same without the thread's change of state: some nanoseconds cheaper, but a garbage collection waits until the
     * call is over, and an upcall from it aborts the JVM. Only for functions that never block and never call back.
     */
    public static MethodHandle criticalPointer(FunctionDescriptor type) {
        return LINKER.downcallHandle(type, Linker.Option.critical(false));
    }

    /** The same for an exported function. */
    public static MethodHandle criticalFunction(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(address(name), type, Linker.Option.critical(false));
    }

    /** Address of an exported function or variable. For a thread-local variable: the calling thread's. */
    public static MemorySegment address(String name) {
        SymbolLookup libraries = Libraries.loaded().symbols();
        return libraries
                .find(name)
                .or(() -> LINKER.defaultLookup().find(name))
                .orElseThrow(() -> new DpdkException(
                        "the DPDK libraries that were loaded have no symbol " + name,
                        "reinstall DPDK: its libraries seem to be of different releases"));
    }

    /**
     * A function of a library that only a driver needs, which must have been loaded with the driver.
     *
     * @param library such as {@code librte_vhost}
     * @throws DpdkException if there is no such library, or it has no such function
     */
    public static MethodHandle function(String library, String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(
                Libraries.loaded()
                        .beside(library)
                        .find(name)
                        .orElseThrow(() -> new DpdkException(
                                library + " has no symbol " + name,
                                "reinstall DPDK: its libraries seem to be of different releases")),
                type);
    }

    /** Whether there is such a symbol. */
    public static boolean has(String name) {
        return Libraries.loaded().symbols().find(name).isPresent();
    }

    /** What a handle that failed threw, as an unchecked exception; native calls throw nothing of their own. */
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
