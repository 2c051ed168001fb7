package dev.remora.tcp;

import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.collection.LongObjectHashMap;
import java.util.ArrayList;
import java.util.List;

/** The client's end of a connection: the table of calls that were sent. Event loop only. */
final class ClientConnection extends TcpConnection {
    private final ConnectionSlot slot;
    private final LongObjectHashMap<TcpCall> calls = new LongObjectHashMap<>(64);
    private long lastRpcId;
    private boolean ready;
    private boolean goingAway;

    ClientConnection(TcpContext context, SocketChannel channel, String peer, ConnectionSlot slot) {
        super(context, channel, TcpFrame.ROLE_CLIENT, TcpFrame.RESPONSE, peer);
        this.slot = slot;
    }

    boolean takesCalls() {
        return ready && !ended() && channel.isWritable();
    }

    /** Sends a call or fails it; takes its request. */
    void send(TcpCall call) {
        if (call.request.size() > peerMaxMessageBytes) {
            call.request.free();
            call.fail(new TransportException(
                    Reason.TOO_LARGE,
                    "a request of " + call.request.size() + " bytes exceeds the limit of " + peerMaxMessageBytes
                            + " bytes of " + peer + "; raise its tcp.max-message or send less"));
            return;
        }
        long rpcId = ++lastRpcId;
        call.rpcId = rpcId;
        calls.put(rpcId, call);
        writer.message(TcpFrame.REQUEST, rpcId, call.request);
    }

    /** The caller gave up a call that was sent. */
    void cancelled(TcpCall call) {
        if (ended() || calls.get(call.rpcId) != call) {
            return;
        }
        calls.remove(call.rpcId);
        writer.control(TcpFrame.CANCEL, 0, call.rpcId);
        flushSoon();
        closeIfDone();
    }

    @Override
    void onReady() {
        ready = true;
        slot.onReady(this);
    }

    @Override
    public void onMessage(long rpcId, TcpMessage message) {
        TcpCall call = calls.remove(rpcId);
        if (call == null) {
            message.free();
            late(rpcId);
            return;
        }
        if (!call.succeed(message)) {
            context.counters().lateResponses.increment();
        }
        closeIfDone();
    }

    @Override
    public void onControl(byte type, int code, long rpcId) {
        switch (type) {
            case TcpFrame.ABORT -> onAbort(code, rpcId);
            case TcpFrame.GOAWAY -> onGoAway(rpcId);
            default -> super.onControl(type, code, rpcId);
        }
    }

    private void onAbort(int code, long rpcId) {
        TransportException failure = switch (code) {
            case TcpFrame.ABORTED ->
                new TransportException(Reason.ABORTED, peer + " ended the call without a response");
            case TcpFrame.RESPONSE_TOO_LARGE ->
                new TransportException(
                        Reason.RESPONSE_TOO_LARGE,
                        "the response of " + peer + " exceeds this side's limit of "
                                + context.config().maxMessageBytes()
                                + " bytes; raise tcp.max-message here or ask for less");
            default -> throw new ProtocolViolation("an abort with the unknown code " + code);
        };
        TcpCall call = calls.remove(rpcId);
        if (call == null) {
            late(rpcId);
            return;
        }
        if (!call.fail(failure)) {
            context.counters().lateResponses.increment();
        }
        closeIfDone();
    }

    private void late(long rpcId) {
        if (rpcId <= 0 || rpcId > lastRpcId) {
            throw new ProtocolViolation("an answer to call " + rpcId + ", which was never made");
        }
        // Either the caller cancelled, which is legal, or it was answered twice, which cannot be told apart cheaply.
        context.counters().lateResponses.increment();
        closeIfDone();
    }

    private void onGoAway(long lastAccepted) {
        if (lastAccepted < 0 || lastAccepted > lastRpcId) {
            throw new ProtocolViolation(
                    "it accepts calls up to " + lastAccepted + ", and only " + lastRpcId + " were made");
        }
        goingAway = true;
        ready = false;
        slot.onGone(this);
        List<TcpCall> refused = new ArrayList<>();
        for (TcpCall call : calls.values()) {
            if (call.rpcId > lastAccepted) {
                refused.add(call);
            }
        }
        for (TcpCall call : refused) {
            calls.remove(call.rpcId);
        }
        for (TcpCall call : refused) {
            call.fail(new TransportException(Reason.REFUSED, peer + " is draining and did not run the call"));
        }
        closeIfDone();
    }

    private void closeIfDone() {
        if (goingAway && calls.isEmpty() && !ended()) {
            writer.flush();
            end(new TransportException(Reason.REFUSED, peer + " is draining"));
        }
    }

    @Override
    void onWritable() {
        slot.pump();
    }

    @Override
    void onEnd(TransportException reason) {
        ready = false;
        TcpCall[] lost = calls.values().toArray(TcpCall[]::new);
        calls.clear();
        for (TcpCall call : lost) {
            call.fail(reason);
        }
        slot.onEnded(this, reason);
    }
}
