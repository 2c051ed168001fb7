package dev.remora.runtime.logging;

import dev.remora.api.Marshaller;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.runtime.trace.TraceParent;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** What is known of one call until its line is written; the same for both sides. One thread at a time counts per direction. */
final class LoggedCall {
    private static final int NS_PER_US = 1000;

    private final RequestLog log;
    private final Logger logger;
    private final MethodDescriptor<?, ?> method;
    private final Optional<TraceParent> trace;
    private final long startNs = System.nanoTime();
    private final AtomicBoolean written = new AtomicBoolean();

    // Written by whoever sends or receives, read once the call has ended.
    private volatile long requests;
    private volatile long requestBytes;
    private volatile long responses;
    private volatile long responseBytes;

    LoggedCall(RequestLog log, Logger logger, MethodDescriptor<?, ?> method, Optional<TraceParent> trace) {
        this.log = log;
        this.logger = logger;
        this.method = method;
        this.trace = trace;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time sends requests, or receives them
    <Q> void request(Marshaller<Q> marshaller, Q message) {
        requests++;
        requestBytes += marshaller.size(message);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // as above
    <R> void response(Marshaller<R> marshaller, R message) {
        responses++;
        responseBytes += marshaller.size(message);
    }

    /** Writes the line, once; unless it is not sampled. */
    void end(Status status, @Nullable String peer, @Nullable Status handlerStatus) {
        if (!written.compareAndSet(false, true)) {
            return;
        }
        long durationNs = System.nanoTime() - startNs;
        boolean slow = log.slowCallNs() > 0 && durationNs > log.slowCallNs();
        if (status.isOk() && !slow && !isSampled()) {
            return;
        }
        Level level = slow || isFault(status) ? Level.WARN : Level.INFO;
        LoggingEventBuilder line = logger.atLevel(level)
                .addKeyValue("method", method.fullName())
                .addKeyValue("status", status.code())
                .addKeyValue("duration_us", durationNs / NS_PER_US)
                .addKeyValue("requests", requests)
                .addKeyValue("request_bytes", requestBytes)
                .addKeyValue("responses", responses)
                .addKeyValue("response_bytes", responseBytes);
        if (peer != null) {
            line = line.addKeyValue("peer", peer);
        }
        // A trace that begins here is known to a tracer only, which has put its number into the handler's MDC.
        String traceId = trace.map(TraceParent::traceId).orElseGet(() -> MDC.get(CallMdc.TRACE_ID));
        if (traceId != null) {
            line = line.addKeyValue("trace_id", traceId);
        }
        if (slow) {
            line = line.addKeyValue("slow", true);
        }
        if (!status.isOk()) {
            line = line.addKeyValue("error", status.message());
        }
        if (handlerStatus != null) {
            line = line.addKeyValue("handler_status", handlerStatus.code());
        }
        // As one text: backends that write JSON would show a pattern and its arguments.
        line.log(method.fullName() + " " + status.code());
    }

    private boolean isSampled() {
        double rate = log.sampleRate();
        return rate >= 1
                || trace.map(TraceParent::fraction)
                                .orElseGet(() -> ThreadLocalRandom.current().nextDouble())
                        < rate;
    }

    /** What somebody should look at; other failures are answers like others. */
    private static boolean isFault(Status status) {
        return switch (status.code()) {
            case UNKNOWN, INTERNAL, DATA_LOSS, UNAVAILABLE, DEADLINE_EXCEEDED, UNIMPLEMENTED -> true;
            default -> false;
        };
    }
}
