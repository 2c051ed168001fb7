package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Engine;
import dev.remora.homa.net.PeerAddress;

/**
 * One engine with what the adapter keeps for it. But for the final fields everything is for the thread that drives the engine;
 * others submit commands.
 */
final class Shard {
    final int index;
    final Context context;
    final MessageHeader header = new MessageHeader();
    final ShardCalls calls;
    final ShardRequests requests;
    private volatile Engine engine;

    /** @param engines makes the engine, which needs our sink */
    Shard(int index, Context context, Engines engines) {
        this.index = index;
        this.context = context;
        calls = new ShardCalls(this);
        requests = new ShardRequests(this);
        engine = engines.make(requests);
    }

    /** Makes an engine that brings requests to a sink. */
    @FunctionalInterface
    interface Engines {
        Engine make(dev.remora.homa.engine.RequestSink sink);
    }

    /** For any thread. */
    Engine engine() {
        return engine;
    }

    /** Sends a taken message as a request of this kind; its fields have been written. False when the table is full. */
    boolean send(ClientRpc rpc, Path path, OutgoingMessage message, MessageKind kind, int bytes) {
        PeerAddress to = path.server;
        return engine.send(
                rpc,
                to.high(),
                to.low(),
                to.port(),
                path.clientPort(this),
                message.memory(),
                OutgoingMessage.start(kind),
                kind.headerBytes() + bytes);
    }

    /** Whether nothing waits to be sent or acknowledged. For any thread; may lag. */
    boolean isQuiet() {
        return engine.stats().clientRpcs() == 0 && requests.answersUnderWay() == 0;
    }
}
