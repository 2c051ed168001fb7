package dev.remora.dpdk.ffi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Error numbers as text. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int ENOTSUP = 95;
    public static final int EALREADY = 114;

    private static final MethodHandle STRERROR =
            Natives.function("rte_strerror", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));

    private Errno() {}

    /** DPDK's error number of the calling thread. */
    public static int last() {
        // Thread-local: the lookup gives this thread's place.
        return Memory.getInt(Natives.address("per_lcore__rte_errno").address());
    }

    /** Text of an error number, which may be given negative. */
    public static String text(int number) {
        int positive = Math.abs(number);
        try {
            return Memory.string((long) STRERROR.invokeExact(positive)) + " (" + positive + ")";
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }
}
