package dev.remora.homa;

import dev.remora.homa.engine.ServerRpc;
import dev.remora.homa.protocol.RpcError;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A request's RPC on the server: what is answered, and what is held till it has arrived. Used again. Engine only. */
final class Answer extends ServerRpc {
    /** Nothing but the kind. */
    private static final MemorySegment PART_HEADER =
            MemorySegment.ofArray(new byte[] {MessageKind.PART.code()}).asReadOnly();

    private final Shard shard;
    /** Those of the server that it is one of; null if no server has seen the request. */
    private @Nullable AnswersUnderWay underWay;

    private @Nullable OutgoingMessage message;
    private KeptResponses.@Nullable Entry kept;

    Answer(Shard shard) {
        this.shard = shard;
    }

    /** The request has found its server, which does not close its port before the client has the answer. */
    void of(AnswersUnderWay answers) {
        underWay = answers;
    }

    /** Nothing but a header without fields. */
    void note(MessageKind kind) {
        OutgoingMessage note = shard.context.pool().own(0);
        note.header(kind);
        send(note, kind, 0);
    }

    void tooLarge() {
        OutgoingMessage note = shard.context.pool().own(0);
        note.header(MessageKind.TOO_LARGE).putInt(shard.context.options().maxMessageBytes());
        send(note, MessageKind.TOO_LARGE, 0);
    }

    /** Sends a taken message whose header has been written. */
    void send(OutgoingMessage response, MessageKind kind, int bytes) {
        message = response;
        if (respond(response, kind, bytes)) {
            begins();
        } else {
            over();
        }
    }

    /** Sends the first part of a large response. */
    void sendFirst(KeptResponses.Entry entry, OutgoingMessage whole) {
        kept = entry;
        whole.header(MessageKind.RESPONSE_FIRST).putLong(entry.token()).putInt(whole.size());
        if (respond(whole, MessageKind.RESPONSE_FIRST, Parts.BYTES)) {
            begins();
        } else {
            shard.context.kept().discard(entry);
            over();
        }
    }

    /** Sends another part of a large response out of the memory of all of it. */
    void sendPart(KeptResponses.Entry entry, int offset) {
        kept = entry;
        underWay = entry.underWay();
        OutgoingMessage whole = entry.message();
        boolean sent = shard.engine()
                .respond(
                        this,
                        PART_HEADER,
                        whole.memory(),
                        OutgoingMessage.HEADER_ROOM + (long) offset,
                        MessageKind.PART.headerBytes() + Parts.length(whole.size(), offset));
        if (sent) {
            begins();
        } else {
            over();
        }
    }

    private boolean respond(OutgoingMessage response, MessageKind kind, int bytes) {
        return shard.engine()
                .respond(
                        this,
                        MemorySegment.NULL,
                        response.memory(),
                        OutgoingMessage.start(kind),
                        kind.headerBytes() + bytes);
    }

    private void begins() {
        shard.requests.answerBegins();
        AnswersUnderWay all = underWay;
        if (all != null) {
            all.begins();
        }
    }

    /** Nothing is to be answered: the client does not wait any more. */
    void drop() {
        shard.engine().abort(this);
        over();
    }

    private void over() {
        OutgoingMessage sent = message;
        message = null;
        if (sent != null) {
            sent.free();
        }
        KeptResponses.Entry first = kept;
        kept = null;
        if (first != null) {
            shard.context.kept().release(first);
        }
        underWay = null;
        shard.requests.giveBack(this);
    }

    @Override
    protected void onResponseDone(RpcError error) {
        shard.requests.answerEnds();
        AnswersUnderWay all = underWay;
        if (all != null) {
            all.ends();
        }
        over();
    }
}
