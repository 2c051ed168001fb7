package dev.remora.api.stub;

/**
 * A client-streaming call in blocking style: write any number of messages, then take the one response.
 *
 * @param <Q> request type
 * @param <R> response type
 */
public interface ClientStream<Q, R> extends StreamWriter<Q>, AutoCloseable {
    /**
     * Ends the requests and waits for the response.
     *
     * @throws dev.remora.api.RpcException if the call failed or the thread is interrupted
     * @throws IllegalStateException if called a second time
     */
    R finish();

    /** Cancels the call unless it has ended. */
    @Override
    void close();
}
