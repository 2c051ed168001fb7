package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Received;
import dev.remora.homa.protocol.RpcError;
import org.jspecify.annotations.Nullable;

/** The RPC of a call; used again, which a call cannot be, since its caller may cancel it long after its end. */
final class CallRpc extends ClientRpc {
    @Nullable
    HomaCall call;

    @Override
    protected void onResponse(Received response) {
        HomaCall mine = call;
        if (mine == null) {
            response.release();
            throw new IllegalStateException("a response for an RPC without a call");
        }
        mine.onAnswer(response);
    }

    @Override
    protected void onFailed(RpcError error, boolean heard) {
        HomaCall mine = call;
        if (mine == null) {
            throw new IllegalStateException("a failure of an RPC without a call");
        }
        mine.onRpcFailed(error, heard);
    }
}
