package dev.remora.spi;

import org.jspecify.annotations.Nullable;

/** Why a transport could not do what was asked. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds of failure that callers treat differently. */
    public enum Reason {
        /** The peer could not be reached; the request was not executed. */
        UNREACHABLE(false),
        /** The peer takes no requests now (draining); the request was not executed. */
        REFUSED(false),
        /** A bound of this side was reached (calls outstanding, bytes queued); the request was not sent. */
        OVERLOADED(false),
        /** The message exceeds the limit; it was not sent. */
        TOO_LARGE(false),
        /** The peer was lost after the request may have reached it. */
        PEER_LOST(true),
        /** The server ended the exchange without a response. */
        ABORTED(true),
        /** The response exceeds this side's limit. */
        RESPONSE_TOO_LARGE(true),
        /** The peer sent what the protocol does not allow. */
        PROTOCOL(true),
        /** {@link TransportCall#cancel}. */
        CANCELLED(true),
        /** This side's client or transport was closed. */
        CLOSED(true),
        /** The address to listen on is in use or may not be bound. */
        BIND(false),
        /** The transport cannot run on this machine as configured. */
        UNSUPPORTED(false);

        private final boolean mayHaveRun;

        Reason(boolean mayHaveRun) {
            this.mayHaveRun = mayHaveRun;
        }

        /** Whether the server may have executed the request. If not, it is safe to send it again. */
        public boolean mayHaveRun() {
            return mayHaveRun;
        }
    }

    private final Reason reason;

    public TransportException(Reason reason, String message) {
        this(reason, message, null);
    }

    public TransportException(Reason reason, String message, @Nullable Throwable cause) {
        // Failures of calls are frequent when a peer dies: the reason tells more than a stack of transport frames.
        super(message, cause, false, cause != null);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
