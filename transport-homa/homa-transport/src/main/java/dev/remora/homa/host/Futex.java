package dev.remora.homa.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.remora.homa.link.socket.SystemCalls;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Linux' futex(2) on words that processes share: sleeping until a word may have changed. */
final class Futex {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    /** {@code SYS_futex}, which differs between architectures. */
    private static final long SYS_FUTEX = switch (System.getProperty("os.arch")) {
        case "amd64" -> 202;
        case "aarch64" -> 98;
        default -> 0;
    };

    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;

    private Futex() {}

    /** Whether its number is known for this kind of machine. */
    static boolean isAvailable() {
        return SYS_FUTEX != 0;
    }

    /**
     * Sleeps while the word has this value. May return early without a reason: look at the word.
     *
     * @param word its address
     * @param timeout address of a struct timespec, the longest sleep
     */
    static void await(long word, int value, long timeout) {
        try {
            // Why it ended is for the word to say.
            long unused = (long) SYSCALL.invokeExact(SYS_FUTEX, word, FUTEX_WAIT, value, timeout, 0L, 0);
        } catch (Throwable e) {
            throw SystemCalls.unexpected(e);
        }
    }

    /** Ends the sleep of one thread at most, of whatever process. */
    static void wake(long word) {
        try {
            // How many it were is of no interest.
            long unused = (long) SYSCALL.invokeExact(SYS_FUTEX, word, FUTEX_WAKE, 1, 0L, 0L, 0);
        } catch (Throwable e) {
            throw SystemCalls.unexpected(e);
        }
    }
}
