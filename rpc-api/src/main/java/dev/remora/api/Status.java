package dev.remora.api;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended: a code, a message for people, typed details for programs, and (never on the wire) the local cause.
 * Immutable.
 */
public final class Status {
    /** Success. */
    public static final Status OK = new Status(StatusCode.OK, "", List.of(), null);

    private final StatusCode code;
    private final String message;
    private final List<Any> details;
    private final @Nullable Throwable cause;

    private Status(StatusCode code, String message, List<Any> details, @Nullable Throwable cause) {
        this.code = code;
        this.message = message;
        this.details = details;
        this.cause = cause;
    }

    /** A status with neither details nor cause. */
    public static Status of(StatusCode code, String message) {
        return code == StatusCode.OK && message.isEmpty()
                ? OK
                : new Status(Objects.requireNonNull(code), Objects.requireNonNull(message), List.of(), null);
    }

    /** A status with details as they stand on the wire. */
    public static Status of(StatusCode code, String message, List<Any> details) {
        return new Status(Objects.requireNonNull(code), Objects.requireNonNull(message), List.copyOf(details), null);
    }

    /**
     * The status a failure stands for: that of the first {@link RpcException} in its chain of causes, or
     * {@link StatusCode#UNKNOWN} with the failure as local cause and without its message, which may hold secrets.
     */
    public static Status fromThrowable(Throwable failure) {
        int depth = 0;
        for (Throwable t = failure; t != null && depth < 32; t = t.getCause(), depth++) {
            if (t instanceof RpcException rpc) {
                return rpc.status();
            }
        }
        return of(StatusCode.UNKNOWN, "the handler failed").withCause(failure);
    }

    public Status withMessage(String newMessage) {
        return new Status(code, Objects.requireNonNull(newMessage), details, cause);
    }

    /** This status with one more detail; a {@code google.rpc} error detail, or any message both sides know. */
    public Status withDetail(Message detail) {
        List<Any> more = new ArrayList<>(details);
        more.add(detail instanceof Any any ? any : Any.pack(detail));
        return new Status(code, message, List.copyOf(more), cause);
    }

    /** This status with a cause for local logs; it does not travel. */
    public Status withCause(Throwable newCause) {
        return new Status(code, message, details, newCause);
    }

    public StatusCode code() {
        return code;
    }

    public boolean isOk() {
        return code == StatusCode.OK;
    }

    /** For people; empty if there is none. */
    public String message() {
        return message;
    }

    public List<Any> details() {
        return details;
    }

    /**
     * The first detail of a type.
     *
     * @throws RpcException with INTERNAL if there is one whose bytes do not parse
     */
    public <T extends Message> Optional<T> detail(Class<T> type) {
        for (Any any : details) {
            if (any.is(type)) {
                try {
                    return Optional.of(any.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    throw of(StatusCode.INTERNAL, "error detail " + any.getTypeUrl() + " does not parse")
                            .withCause(e)
                            .asException();
                }
            }
        }
        return Optional.empty();
    }

    public @Nullable Throwable cause() {
        return cause;
    }

    public RpcException asException() {
        return new RpcException(this, Metadata.EMPTY);
    }

    public RpcException asException(Metadata trailers) {
        return new RpcException(this, trailers);
    }

    @Override
    public String toString() {
        return message.isEmpty() ? code.name() : code + ": " + message;
    }
}
