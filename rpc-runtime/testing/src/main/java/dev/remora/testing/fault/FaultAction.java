package dev.remora.testing.fault;

import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.spi.TransportException;
import java.time.Duration;

/** What is done to a call. */
public sealed interface FaultAction {
    /** As it stands in the text of a rule. */
    String text();

    /** What a person is told: what was done to the call. */
    String done();

    /** The request comes later by that much; the rest of the call is as ever. */
    record Delay(long ns) implements FaultAction {
        /** More than nothing. */
        public Delay {
            if (ns <= 0) {
                throw new IllegalArgumentException("a delay takes more than no time, got " + Duration.ofNanos(ns));
            }
        }

        @Override
        public String text() {
            return "delay " + Durations.text(ns);
        }

        @Override
        public String done() {
            return "delayed by " + Durations.text(ns);
        }
    }

    /** The request is lost: nobody serves it, and the call waits for its deadline or its cancellation. */
    record DropRequest() implements FaultAction {
        @Override
        public String text() {
            return "drop-request";
        }

        @Override
        public String done() {
            return "its request was dropped";
        }
    }

    /** The response is lost: the call is served, and waits for its deadline or its cancellation. */
    record DropResponse() implements FaultAction {
        @Override
        public String text() {
            return "drop-response";
        }

        @Override
        public String done() {
            return "its response is dropped";
        }
    }

    /** Nobody serves the call; it ends with this status, as if a server had answered so. */
    record Error(StatusCode code) implements FaultAction {
        /** Not OK. */
        public Error {
            if (code == StatusCode.OK) {
                throw new IllegalArgumentException("an error has a status other than OK");
            }
        }

        Status status() {
            return Status.of(code, "injected by a fault rule");
        }

        @Override
        public String text() {
            return "error " + code;
        }

        @Override
        public String done() {
            return "ended with " + code;
        }
    }

    /** Nobody serves the call; its transport reports this failure. Client only. */
    record Fail(TransportException.Reason reason) implements FaultAction {
        /** A reason that a call over a network can end with. */
        public Fail {
            boolean ends = switch (reason) {
                case UNREACHABLE, REFUSED, OVERLOADED, PEER_LOST, ABORTED, RESPONSE_TOO_LARGE, PROTOCOL -> true;
                case TOO_LARGE, CANCELLED, CLOSED, BIND, UNSUPPORTED -> false;
            };
            if (!ends) {
                throw new IllegalArgumentException(
                        reason + " is not what a network does to a call; use UNREACHABLE, REFUSED,"
                                + " OVERLOADED, PEER_LOST, ABORTED, RESPONSE_TOO_LARGE or PROTOCOL");
            }
        }

        @Override
        public String text() {
            return "fail " + reason;
        }

        @Override
        public String done() {
            return "failed with " + reason;
        }
    }

    /** Nobody serves the call; the server ends it without a response. Server only. */
    record Abort() implements FaultAction {
        @Override
        public String text() {
            return "abort";
        }

        @Override
        public String done() {
            return "aborted";
        }
    }

    /**
     * The request is sent twice, as a client does that retries a call of which it has not heard; the first end counts. Client
     * only, and only for methods that may be run twice: a transport itself never runs one twice.
     */
    record Duplicate() implements FaultAction {
        @Override
        public String text() {
            return "duplicate";
        }

        @Override
        public String done() {
            return "its request was sent twice";
        }
    }
}
