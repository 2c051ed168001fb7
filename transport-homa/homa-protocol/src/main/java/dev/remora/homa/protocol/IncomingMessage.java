package dev.remora.homa.protocol;

import dev.remora.homa.protocol.grant.Grantable;
import dev.remora.homa.protocol.receive.Gaps;
import dev.remora.homa.protocol.receive.MessageBuffer;
import org.jspecify.annotations.Nullable;

/** The message an RPC receives: what of it is here, and where it goes. */
final class IncomingMessage extends Grantable {
    final Rpc rpc;
    final Gaps gaps = new Gaps();
    /** Null before the first packet, while waiting for a buffer, and after the application took it. */
    @Nullable
    MessageBuffer buffer;
    /** A packet of it has come: length is known. */
    boolean begun;

    boolean waitsForBuffer;
    /** Since when, in the endpoint's own time. */
    long waitsSinceNs;
    /** In this burst's list of messages whose grants are to be computed. */
    boolean inBurst;
    /** When the first of the present gaps appeared; 0 = there is none. For the early RESEND. */
    long gapSinceNs;

    IncomingMessage(Rpc rpc) {
        this.rpc = rpc;
    }

    void begin(int messageLength, int promised, long nowNs) {
        resetGrants();
        length = messageLength;
        unscheduled = Math.max(0, Math.min(promised, messageLength));
        granted = unscheduled;
        received = 0;
        birthNs = nowNs;
        gapSinceNs = 0;
        gaps.reset(messageLength);
        begun = true;
        waitsForBuffer = false;
    }

    boolean complete() {
        return begun && received == length;
    }

    void clear() {
        begun = false;
        buffer = null;
        waitsForBuffer = false;
        inBurst = false;
        length = 0;
        received = 0;
        granted = 0;
    }
}
