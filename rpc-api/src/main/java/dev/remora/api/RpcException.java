package dev.remora.api;

/**
 * A call that did not end with OK. Stubs throw it; handlers throw it to end a call with a status of their choice.
 */
public final class RpcException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Status status;
    private final transient Metadata trailers;

    public RpcException(Status status, Metadata trailers) {
        super(status.toString(), status.cause());
        if (status.isOk()) {
            throw new IllegalArgumentException("an RpcException needs a status other than OK");
        }
        this.status = status;
        this.trailers = trailers;
    }

    public RpcException(StatusCode code, String message) {
        this(Status.of(code, message), Metadata.EMPTY);
    }

    public Status status() {
        return status;
    }

    public StatusCode code() {
        return status.code();
    }

    /** What the server sent along with the status; empty if nothing. */
    public Metadata trailers() {
        return trailers;
    }
}
