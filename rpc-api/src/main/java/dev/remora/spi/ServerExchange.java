package dev.remora.spi;

/** One request being served. For use by any thread. Ends with exactly one {@link #respond} or {@link #abort}. */
public interface ServerExchange {
    /** The client's address as text, for logs. */
    String peer();

    /**
     * Memory for a response of exactly {@code size} bytes, to be handed to {@link #respond} or released.
     *
     * @throws TransportException {@link TransportException.Reason#TOO_LARGE}
     */
    MessageBuffer allocate(int size);

    /** Sends the response; takes the buffer in every case. If the client is gone the response is dropped. */
    void respond(MessageBuffer response);

    /** Ends the exchange without a response; the client's call fails with {@link TransportException.Reason#ABORTED}. */
    void abort();

    /**
     * Runs {@code action} once if the client cancels or is lost before the exchange ends; at once if it has happened
     * already. On the transport's thread or the calling one; must not block. At most one action per exchange.
     */
    void onCancel(Runnable action);
}
