package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Received;
import dev.remora.homa.protocol.RpcError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls under way on one engine, with their RPCs for use again. Engine only. */
final class ShardCalls {
    private static final int MOST_FREE = 1024;

    private final Shard shard;
    private @Nullable HomaCall[] active = new @Nullable HomaCall[64];
    private int count;
    private final CallRpc[] free = new CallRpc[MOST_FREE];
    private int freeCount;

    ShardCalls(Shard shard) {
        this.shard = shard;
    }

    CallRpc rpc(HomaCall call) {
        CallRpc rpc = freeCount > 0 ? free[--freeCount] : new CallRpc();
        rpc.call = call;
        return rpc;
    }

    void giveBack(CallRpc rpc) {
        rpc.call = null;
        if (freeCount < MOST_FREE) {
            free[freeCount++] = rpc;
        }
    }

    /** @return its place, for {@link #remove} */
    int add(HomaCall call) {
        if (count == active.length) {
            active = Arrays.copyOf(active, 2 * count);
        }
        active[count] = call;
        return count++;
    }

    void remove(int place) {
        HomaCall last = active[--count];
        active[count] = null;
        if (place != count && last != null) {
            active[place] = last;
            last.place = place;
        }
    }

    /** Ends the calls of a client that is being closed. */
    void close(HomaClient client) {
        // What the handlers do may change the list.
        List<HomaCall> closing = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HomaCall call = active[i];
            if (call != null && call.client == client) {
                closing.add(call);
            }
        }
        for (HomaCall call : closing) {
            call.abandon();
            call.fail(client.closedFailure());
        }
    }

    /**
     * Tells a server that something is not wanted any more; nobody waits for an answer.
     *
     * @param port of ours that it was wanted at
     */
    void tell(Path path, int port, MessageKind kind, long id) {
        OutgoingMessage message = shard.context.pool().own(0);
        message.header(kind).putLong(id);
        if (!shard.send(new Note(message), path, port, message, kind, 0)) {
            message.free();
            Context.LOG.debug("no room to send {} to {}", kind, path.server);
        }
    }

    /** A message to a server whose answer does not matter. */
    private static final class Note extends ClientRpc {
        private final OutgoingMessage message;

        Note(OutgoingMessage message) {
            this.message = message;
        }

        @Override
        protected void onResponse(Received response) {
            message.free();
            response.release();
        }

        @Override
        protected void onFailed(RpcError error, boolean heard) {
            message.free();
        }
    }
}
