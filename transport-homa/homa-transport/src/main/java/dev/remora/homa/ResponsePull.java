package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Received;
import dev.remora.homa.protocol.RpcError;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.ArrayList;
import java.util.List;

/** Fetches what follows the first part of a response that is too long for one Homa message, some parts at a time. Engine only. */
final class ResponsePull {
    private final HomaCall call;
    private final long token;
    private final JoinedMessage joined;
    private final List<PullRpc> underWay = new ArrayList<>(Parts.IN_FLIGHT);
    private int next = Parts.BYTES;
    private boolean stopped;

    /** @param joined has the first part; owned from now on */
    ResponsePull(HomaCall call, long token, JoinedMessage joined) {
        this.call = call;
        this.token = token;
        this.joined = joined;
    }

    void start() {
        Shard shard = call.shard();
        while (!stopped && underWay.size() < Parts.IN_FLIGHT && next < joined.size()) {
            OutgoingMessage message = shard.context.pool().own(0);
            message.header(MessageKind.PULL).putLong(token).putInt(next);
            PullRpc rpc = new PullRpc(message, next);
            if (!shard.send(rpc, call.path(), call.clientPort(), message, MessageKind.PULL, 0)) {
                message.free();
                call.end(new TransportException(
                        Reason.PEER_LOST,
                        "too many RPCs to fetch the rest of a response from " + call.client.peer()
                                + ": raise remora.homa.protocol.max-client-rpcs"));
                return;
            }
            underWay.add(rpc);
            next += Parts.length(joined.size(), next);
        }
    }

    /** The call is given up. */
    void abandon() {
        if (stopped) {
            return;
        }
        stopped = true;
        for (PullRpc rpc : underWay) {
            call.shard().engine().abort(rpc);
            rpc.message.free();
        }
        underWay.clear();
        joined.release();
        call.shard().calls.tell(call.path(), call.clientPort(), MessageKind.DISCARD, token);
    }

    private final class PullRpc extends ClientRpc {
        private final OutgoingMessage message;
        private final int offset;

        PullRpc(OutgoingMessage message, int offset) {
            this.message = message;
            this.offset = offset;
        }

        @Override
        protected void onResponse(Received part) {
            message.free();
            underWay.remove(this);
            MessageKind kind = call.shard().header.read(part.bytes());
            boolean good = !stopped && kind == MessageKind.PART && joined.put(offset, part.bytes());
            part.release();
            if (stopped) {
                return;
            }
            if (good) {
                if (joined.isComplete()) {
                    stopped = true;
                    call.succeed(joined);
                } else {
                    start();
                }
            } else if (kind == MessageKind.UNKNOWN || kind == MessageKind.LOST) {
                call.end(Failures.of(kind, 0, call.client.peer()));
            } else {
                call.end(Failures.protocol(call.client.peer(), "a part of a response that does not fit: " + kind));
            }
        }

        @Override
        protected void onFailed(RpcError error, boolean heard) {
            message.free();
            underWay.remove(this);
            if (stopped) {
                return;
            }
            if (error == RpcError.ABORTED) {
                // The engine ends: nobody can be told any more.
                stopped = true;
                joined.release();
            }
            call.end(call.failure(error, true));
        }
    }
}
