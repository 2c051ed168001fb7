package dev.remora.api.stub;

/**
 * A bidirectional call in blocking style. One thread may write while another reads.
 *
 * @param <Q> request type
 * @param <R> response type
 */
public interface BidiStream<Q, R> extends StreamWriter<Q>, StreamReader<R> {
    /** Ends the requests; responses may still come. Doing it again has no effect. */
    void halfClose();

    /** Cancels the call unless it has ended. */
    @Override
    void close();
}
