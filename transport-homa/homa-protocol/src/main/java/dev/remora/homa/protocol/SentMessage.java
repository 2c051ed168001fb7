package dev.remora.homa.protocol;

import dev.remora.homa.protocol.send.OutgoingMessage;
import org.jspecify.annotations.Nullable;

/** The message an RPC sends. */
final class SentMessage extends OutgoingMessage {
    final Rpc rpc;
    /** Links of the transmitter's list of messages with packets to send again. */
    @Nullable
    SentMessage nextToResend;

    boolean toResend;

    SentMessage(Rpc rpc) {
        this.rpc = rpc;
    }
}
