package dev.remora.homa.engine;

/** Gets the requests of one engine; its methods run there, must not block and must not throw. */
public interface RequestSink {
    /**
     * What {@link Engine#respond} and {@link Engine#abort} shall take for the request that has just come. The engine calls
     * {@link #onRequest} with it next, and knows it by then: so a request can be answered before onRequest returns.
     *
     * @return an object that stands for no other RPC; it may have stood for one that is over
     */
    ServerRpc newRpc();

    /**
     * A request has come, at most once.
     *
     * @param rpc from {@link #newRpc}; kept by the engine no longer than the RPC
     * @param request the receiver owns it
     * @param rpcId the RPC's id as its client uses it on the wire
     * @param peerHigh,peerLow,peerPort where it came from
     * @param localPort the Homa port it came to
     */
    void onRequest(
            ServerRpc rpc, Received request, long rpcId, long peerHigh, long peerLow, int peerPort, int localPort);
}
