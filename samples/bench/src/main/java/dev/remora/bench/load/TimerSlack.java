package dev.remora.bench.load;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * How late Linux may wake a thread that waits: 50 us by default, so that it can wake several at once. With 1 ns a
 * {@code parkNanos} ends some microseconds after its time instead of 70 to 95.
 */
final class TimerSlack {
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int FIRST_VARIADIC = 1;

    private TimerSlack() {}

    /** Wakes the calling platform thread as exactly as can be; what hinders it, if something does. */
    static Optional<String> makeFine() {
        return set(1);
    }

    /** Back to what the process has. */
    static Optional<String> restore() {
        return set(0);
    }

    @SuppressWarnings("restricted")
    private static Optional<String> set(long ns) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.of("the timer slack can be set on Linux only");
        }
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle prctl = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("prctl"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG),
                    Linker.Option.firstVariadicArg(FIRST_VARIADIC));
            int result = (int) prctl.invokeExact(PR_SET_TIMERSLACK, ns);
            return result == 0 ? Optional.empty() : Optional.of("prctl(PR_SET_TIMERSLACK) is refused");
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            return Optional.of(
                    "the timer slack cannot be set; run java with --enable-native-access=ALL-UNNAMED (" + e + ")");
        }
    }
}
