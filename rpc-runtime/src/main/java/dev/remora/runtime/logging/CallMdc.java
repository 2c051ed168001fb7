package dev.remora.runtime.logging;

import dev.remora.api.CallContext;
import dev.remora.api.CallContexts;
import dev.remora.api.ForwardingCallContext;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.runtime.trace.TraceParent;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Puts the call into SLF4J's MDC while its handler runs, on whatever thread: {@value #METHOD}, {@value #PEER} and, if the
 * client sent a trace context, {@value #TRACE_ID}. What stood there before stands there afterwards. Threads that a handler
 * starts itself have it inside {@link CallContext#run} of the current context.
 */
public final class CallMdc implements ServerInterceptor {
    /** Full name of the method. */
    public static final String METHOD = "rpc.method";

    /** Address of the client. */
    public static final String PEER = "rpc.peer";

    /** 32 hexadecimal digits. */
    public static final String TRACE_ID = "trace_id";

    /** It has no state. */
    public CallMdc() {}

    @Override
    public <Q, R> ServerCall.Listener<Q> intercept(ServerCall<Q, R> call, ServerCallHandler<Q, R> next) {
        return CallContexts.intercept(call, new LoggedContext(call.context()), next);
    }

    private static final class LoggedContext extends ForwardingCallContext {
        private final String method;
        private final String peer;
        private final @Nullable String traceId;

        LoggedContext(CallContext context) {
            super(context);
            method = context.method().fullName();
            peer = context.peer();
            traceId = TraceParent.of(context.requestMetadata())
                    .map(TraceParent::traceId)
                    .orElse(null);
        }

        @Override
        public void run(Runnable action) {
            super.run(() -> {
                try (Entries entries = new Entries()) {
                    entries.put(this);
                    action.run();
                }
            });
        }

        @Override
        public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
            return super.call(() -> {
                try (Entries entries = new Entries()) {
                    entries.put(this);
                    return action.call();
                }
            });
        }
    }

    /** What stood in the MDC before. */
    private static final class Entries implements AutoCloseable {
        private final @Nullable String method = MDC.get(METHOD);
        private final @Nullable String peer = MDC.get(PEER);
        private final @Nullable String traceId = MDC.get(TRACE_ID);

        void put(LoggedContext context) {
            MDC.put(METHOD, context.method);
            MDC.put(PEER, context.peer);
            if (context.traceId != null) {
                MDC.put(TRACE_ID, context.traceId);
            }
        }

        @Override
        public void close() {
            restore(METHOD, method);
            restore(PEER, peer);
            restore(TRACE_ID, traceId);
        }

        private static void restore(String key, @Nullable String value) {
            if (value == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, value);
            }
        }
    }
}
