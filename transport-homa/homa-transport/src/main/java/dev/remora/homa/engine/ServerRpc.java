package dev.remora.homa.engine;

import dev.remora.homa.protocol.RpcError;

/** A Homa RPC as its server: made by a {@link RequestSink} for each request. */
public abstract class ServerRpc {
    /** The endpoint's handle. Engine only. */
    long handle;
    /** Place in the engine's table of responses under way, or -1. Engine only. */
    int slot = -1;

    /**
     * The RPC is over, and the response's memory free: after {@link Engine#respond} returned true, once. On the engine.
     *
     * @param error NONE when the client has acknowledged the response
     */
    protected abstract void onResponseDone(RpcError error);
}
