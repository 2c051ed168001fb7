package dev.remora.homa;

import dev.remora.homa.engine.ClientRpc;
import dev.remora.homa.engine.Engine;
import dev.remora.homa.net.PeerAddress;
import java.lang.foreign.MemorySegment;

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

    /**
     * Sends a taken message as a request of this kind; its fields have been written. False when the table is full.
     *
     * @param port of ours: one of the path's, the same for all that has to come to the same engine of the server
     */
    boolean send(ClientRpc rpc, Path path, int port, OutgoingMessage message, MessageKind kind, int bytes) {
        return send(
                rpc, path, port, MemorySegment.NULL, message, OutgoingMessage.start(kind), kind.headerBytes() + bytes);
    }

    /** The same for a part of a message, with a header in memory of its own. */
    boolean sendPart(ClientRpc rpc, Path path, int port, MemorySegment header, OutgoingMessage whole, int offset) {
        return send(
                rpc,
                path,
                port,
                header,
                whole,
                OutgoingMessage.HEADER_ROOM + (long) offset,
                (int) header.byteSize() + Parts.length(whole.size(), offset));
    }

    private boolean send(
            ClientRpc rpc, Path path, int port, MemorySegment lead, OutgoingMessage message, long offset, int length) {
        PeerAddress to = path.server;
        return engine.send(rpc, to.high(), to.low(), to.port(), port, lead, message.memory(), offset, length);
    }

    /** Whether nothing waits to be sent or acknowledged. For any thread; may lag. */
    boolean isQuiet() {
        return engine.stats().clientRpcs() == 0 && requests.answersUnderWay() == 0;
    }
}
