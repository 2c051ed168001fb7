package dev.remora.homa.engine;

/** Gets the requests of one engine. */
@FunctionalInterface
public interface RequestSink {
    /**
     * A request has come, at most once. On the engine; must not block and must not throw.
     *
     * @param request the receiver owns it
     * @param rpcId the RPC's id as its client uses it on the wire
     * @param peerHigh,peerLow,peerPort where it came from
     * @param localPort the Homa port it came to
     * @return what {@link Engine#respond} and {@link Engine#abort} take later; kept by the engine no longer than the RPC
     */
    ServerRpc onRequest(Received request, long rpcId, long peerHigh, long peerLow, int peerPort, int localPort);
}
