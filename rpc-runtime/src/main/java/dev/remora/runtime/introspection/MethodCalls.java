package dev.remora.runtime.introspection;

import dev.remora.runtime.metrics.Side;
import org.jspecify.annotations.Nullable;

/** The calls of one method on one side. Whoever makes or serves calls asks for it once and keeps it. For any thread. */
public final class MethodCalls {
    static final MethodCalls NONE = new MethodCalls(null, Side.CLIENT, "", new SlowCalls(0, 0));

    private final @Nullable LiveCalls calls;
    private final Side side;
    private final String fullName;
    private final SlowCalls slow;

    MethodCalls(@Nullable LiveCalls calls, Side side, String fullName, SlowCalls slow) {
        this.calls = calls;
        this.side = side;
        this.fullName = fullName;
        this.slow = slow;
    }

    /**
     * A call begins.
     *
     * @param nowNs on the {@link System#nanoTime} scale
     */
    public CallProgress begin(long nowNs) {
        LiveCalls in = calls;
        if (in == null) {
            return CallProgress.NONE;
        }
        CallProgress call = new CallProgress(this, nowNs);
        in.add(call);
        return call;
    }

    void ended(CallProgress call, long nowNs) {
        LiveCalls in = calls;
        if (in == null) {
            return;
        }
        in.remove(call);
        if (slow.wants(nowNs - call.startNs(), nowNs)) {
            in.keptSlow();
            slow.offer(call.report(nowNs), nowNs);
        }
    }

    boolean watched() {
        return calls != null;
    }

    long reportFromNs() {
        LiveCalls in = calls;
        return in == null ? Long.MAX_VALUE : in.reportFromNs();
    }

    Side side() {
        return side;
    }

    String fullName() {
        return fullName;
    }

    SlowCalls slow() {
        return slow;
    }
}
