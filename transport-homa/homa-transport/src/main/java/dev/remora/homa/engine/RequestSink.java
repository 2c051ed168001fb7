package dev.remora.homa.engine;

/** Gets the requests of one engine. */
@FunctionalInterface
public interface RequestSink {
    /**
     * A request has come, at most once. On the engine; must not block and must not throw.
     *
     * @param request the receiver owns it
     * @param handle names the RPC to this engine: for {@link ServerRpc#begin}
     * @param rpcId the RPC's id as its client uses it on the wire
     * @param peerHigh upper half of the client's address
     * @param peerLow lower half of it
     * @param peerPort the client's Homa port
     * @param localPort the Homa port it came to
     */
    void onRequest(Received request, long handle, long rpcId, long peerHigh, long peerLow, int peerPort, int localPort);
}
