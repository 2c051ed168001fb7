package dev.remora.homa.engine;

import dev.remora.homa.protocol.RpcError;

/** A Homa RPC as its client; used for one RPC at a time. The methods run on the engine, must not block and must not throw. */
public abstract class ClientRpc {
    /** The endpoint's handle; 0 before and after. Engine only. */
    long handle;
    /** Place in the engine's table. Engine only. */
    int slot;

    /** The response, which the receiver owns; the request's memory is free. */
    protected abstract void onResponse(Received response);

    /**
     * It ended without a response; the request's memory is free.
     *
     * @param heard whether any packet had come from the server for it: if not, and the error is an unreachable port or host,
     *     the request was not executed
     */
    protected abstract void onFailed(RpcError error, boolean heard);
}
