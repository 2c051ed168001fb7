package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Received;
import dev.remora.homa.protocol.RpcError;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a request that is too long for one Homa message: its parts as RPCs of their own, a few at a time. The first part's RPC
 * stays open and gets the response; the others are only acknowledged. All are sent out of the request's memory, which each
 * part holds, since parts may still be on their way when the call has its answer. Engine only.
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
        started = call.shard()
                .send(main, call.path(), call.clientPort(), whole, MessageKind.REQUEST_PART, Parts.length(total, 0));
        if (started) {
            sendMore();
        }
        return started;
    }

    private void sendMore() {
        while (!stopped && underWay.size() < Parts.IN_FLIGHT - 1 && next < total) {
            OutgoingMessage whole = call.request();
            PartRpc rpc = new PartRpc(whole);
            if (!call.shard().sendPart(rpc, call.path(), call.clientPort(), header(next), whole, next)) {
                call.end(Failures.overloaded(call.client.peer()));
                return;
            }
            whole.hold();
            underWay.add(rpc);
            next += Parts.length(total, next);
        }
    }

    /** In a place of its own: in front of the part stands the end of the one before, which may have to be sent again. */
    private MemorySegment header(int offset) {
        byte[] header = new byte[MessageKind.REQUEST_PART.headerBytes()];
        ByteBuffer.wrap(header)
                .put(MessageKind.REQUEST_PART.code())
                .putLong(token)
                .putInt(total)
                .putInt(offset);
        return MemorySegment.ofArray(header);
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
            rpc.whole.free();
        }
        underWay.clear();
        if (started) {
            call.shard().calls.tell(call.path(), call.clientPort(), MessageKind.CANCEL_PARTS, token);
        }
    }

    private final class PartRpc extends ClientRpc {
        private final OutgoingMessage whole;

        PartRpc(OutgoingMessage whole) {
            this.whole = whole;
        }

        private void over() {
            whole.free();
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
