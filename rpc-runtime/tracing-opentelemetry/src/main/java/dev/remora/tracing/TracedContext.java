package dev.remora.tracing;

import dev.remora.api.CallContext;
import dev.remora.api.ForwardingCallContext;
import dev.remora.runtime.logging.CallMdc;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** A call's context in which its span is current, and known to SLF4J's MDC. */
final class TracedContext extends ForwardingCallContext {
    /** 16 hexadecimal digits. */
    static final String SPAN_ID = "span_id";

    private final Context context;
    private final SpanContext span;

    TracedContext(CallContext delegate, Context context) {
        super(delegate);
        this.context = context;
        this.span = Span.fromContext(context).getSpanContext();
    }

    @Override
    public void run(Runnable action) {
        super.run(() -> {
            try (Scope scope = context.makeCurrent();
                    MdcEntry trace = new MdcEntry(CallMdc.TRACE_ID, span.getTraceId());
                    MdcEntry id = new MdcEntry(SPAN_ID, span.getSpanId())) {
                action.run();
            }
        });
    }

    @Override
    public <T extends @Nullable Object> T call(Callable<T> action) throws Exception {
        return super.call(() -> {
            try (Scope scope = context.makeCurrent();
                    MdcEntry trace = new MdcEntry(CallMdc.TRACE_ID, span.getTraceId());
                    MdcEntry id = new MdcEntry(SPAN_ID, span.getSpanId())) {
                return action.call();
            }
        });
    }

    /** An entry of the MDC, until it is closed. */
    private static final class MdcEntry implements AutoCloseable {
        private final String key;
        private final @Nullable String before;

        MdcEntry(String key, String value) {
            this.key = key;
            this.before = MDC.get(key);
            MDC.put(key, value);
        }

        @Override
        public void close() {
            if (before == null) {
                MDC.remove(key);
            } else {
                MDC.put(key, before);
            }
        }
    }
}
