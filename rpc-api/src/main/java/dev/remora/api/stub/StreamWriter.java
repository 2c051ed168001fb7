package dev.remora.api.stub;

/**
 * Writes the messages of one direction of a call by blocking; made for virtual threads. One thread at a time writes.
 */
public interface StreamWriter<T> {
    /**
     * Hands a message to the transport, waiting while the peer or the network holds this side back. A message written
     * after the server ended the call with OK is dropped: the server did not wait for it.
     *
     * @throws dev.remora.api.RpcException if the call failed; CANCELLED if it was given up or the thread is interrupted
     *     (with the interrupt flag set again)
     */
    void write(T message);
}
