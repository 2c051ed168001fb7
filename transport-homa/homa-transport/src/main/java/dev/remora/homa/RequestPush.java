package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Received;
import dev.remora.homa.protocol.RpcError;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a request that is too long for one Homa message: its parts as RPCs of their own, a few at a time. The first part's RPC
 * stays open and gets the response; the others are only acknowledged. Engine only.
 */
final class RequestPush {
    private final HomaCall call;
    private final long token;
    private final int total;
    private final List<PartRpc> underWay = new ArrayList<>(Parts.IN_FLIGHT);
    private int next = Parts.BYTES;
    private boolean started;
    private boolean stopped;
    private boolean heard;

    RequestPush(HomaCall call, long token) {
        this.call = call;
        this.token = token;
        this.total = call.request().size();
    }

    /**
     * @param main the call's own RPC, for the first part
     * @return false when nothing could be sent
     */
    boolean start(CallRpc main) {
        OutgoingMessage whole = call.request();
        whole.header(MessageKind.REQUEST_PART).putLong(token).putInt(total).putInt(0);
        started = call.shard().send(main, call.path(), whole, MessageKind.REQUEST_PART, Parts.length(total, 0));
        if (started) {
            sendMore();
        }
        return started;
    }

    private void sendMore() {
        Shard shard = call.shard();
        while (!stopped && underWay.size() < Parts.IN_FLIGHT - 1 && next < total) {
            int length = Parts.length(total, next);
            // Copied, since its header would stand on the end of the part before, which may have to be sent again.
            OutgoingMessage part = shard.context.pool().own(length);
            call.request().copyTo(part, next);
            part.header(MessageKind.REQUEST_PART).putLong(token).putInt(total).putInt(next);
            PartRpc rpc = new PartRpc(part);
            if (!shard.send(rpc, call.path(), part, MessageKind.REQUEST_PART, length)) {
                part.free();
                call.end(Failures.overloaded(call.client.peer()));
                return;
            }
            underWay.add(rpc);
            next += length;
        }
    }

    /** Whether the server has shown a sign of life. */
    boolean wasHeard() {
        return heard;
    }

    /** The call has its answer: parts under way go on by themselves, no more follow. */
    void stop() {
        stopped = true;
    }

    /** The call is given up. */
    void abandon() {
        if (stopped) {
            return;
        }
        stopped = true;
        for (PartRpc rpc : underWay) {
            call.shard().engine().abort(rpc);
            rpc.part.free();
        }
        underWay.clear();
        if (started) {
            call.shard().calls.tell(call.path(), MessageKind.CANCEL_PARTS, token);
        }
    }

    private final class PartRpc extends ClientRpc {
        private final OutgoingMessage part;

        PartRpc(OutgoingMessage part) {
            this.part = part;
        }

        private void over() {
            part.free();
            underWay.remove(this);
        }

        @Override
        protected void onResponse(Received answer) {
            over();
            heard = true;
            MessageHeader header = call.shard().header;
            MessageKind kind = header.read(answer.bytes());
            int limit = header.total();
            answer.release();
            if (stopped) {
                return;
            }
            if (kind == MessageKind.ACCEPTED) {
                sendMore();
            } else {
                call.end(
                        kind == null
                                ? Failures.protocol(call.client.peer(), "an answer that is none of ours")
                                : Failures.of(kind, limit, call.client.peer()));
            }
        }

        @Override
        protected void onFailed(RpcError error, boolean partHeard) {
            over();
            if (!stopped) {
                stopped = error == RpcError.ABORTED;
                call.end(call.failure(error, heard || partHeard));
            }
        }
    }
}
