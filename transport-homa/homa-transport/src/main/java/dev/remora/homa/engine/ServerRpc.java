package dev.remora.homa.engine;

import dev.remora.homa.protocol.RpcError;

/** A Homa RPC as its server; made by a {@link RequestSink} for each request, or used again after the last one has ended. */
public abstract class ServerRpc {
    /** The endpoint's handle. Engine only. */
    long handle;
    /** Place in the engine's table of responses under way. Engine only. */
    int slot;

    /** Takes over a request. */
    public final void begin(long newHandle) {
        handle = newHandle;
    }

    /**
     * The RPC is over, and the response's memory free: after {@link Engine#respond} returned true, once. On the engine.
     *
     * @param error NONE when the client has acknowledged the response
     */
    protected abstract void onResponseDone(RpcError error);
}
