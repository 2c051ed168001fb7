package dev.remora.tracing;

import dev.remora.api.CallContext;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.spi.Endpoint;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;

/** What a span says of a call, in the words of OpenTelemetry's conventions for RPC. */
final class RpcAttributes {
    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
    static final AttributeKey<String> STATUS = AttributeKey.stringKey("rpc.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
    static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    static final String REMORA = "remora";

    private RpcAttributes() {}

    static void begin(SpanBuilder span, MethodDescriptor<?, ?> method) {
        span.setAttribute(SYSTEM, REMORA).setAttribute(METHOD, method.fullName());
    }

    static void peer(SpanBuilder span, CallContext context) {
        String peer = context.peer();
        try {
            Endpoint endpoint = Endpoint.parse(peer);
            span.setAttribute(PEER_ADDRESS, endpoint.host()).setAttribute(PEER_PORT, (long) endpoint.port());
        } catch (IllegalArgumentException e) {
            // Some transports have peers that are no addresses, such as the in-process one.
            span.setAttribute(PEER_ADDRESS, peer);
        }
    }

    /** Ends a client's span: whatever is not OK is an error to it. */
    static void endClient(Span span, Status status) {
        end(span, status, !status.isOk());
    }

    /** Ends a server's span: an error is what the server is to blame for, not that a client asked for what is not there. */
    static void endServer(Span span, Status status) {
        boolean error = switch (status.code()) {
            case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
            default -> false;
        };
        end(span, status, error);
    }

    private static void end(Span span, Status status, boolean error) {
        StatusCode code = status.code();
        span.setAttribute(STATUS, code.name());
        if (error) {
            span.setAttribute(ERROR, code.name());
            span.setStatus(io.opentelemetry.api.trace.StatusCode.ERROR, status.message());
            Throwable cause = status.cause();
            if (cause != null) {
                span.recordException(cause);
            }
        }
        span.end();
    }
}
