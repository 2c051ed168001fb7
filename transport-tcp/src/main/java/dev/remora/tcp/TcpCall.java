package dev.remora.tcp;

import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One call of a client. Whoever sets {@code ended} first tells the handler; nobody else does. */
final class TcpCall extends HandOff.Item implements TransportCall {
    /** What a call counts for beside its bytes, so that empty ones are bounded too. */
    static final int OVERHEAD_BYTES = 128;

    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(TcpCall.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Owned by the slot until it is written or dropped. */
    final TcpMessage request;

    final int costBytes;

    private final TcpClientTransport client;
    private final ConnectionSlot slot;
    private final ResponseHandler handler;

    /** On the wire; 0 until it is sent. Event loop only. */
    long rpcId;

    /** Null until it is sent. Event loop only. */
    @Nullable
    ClientConnection sentOn;

    @SuppressWarnings("unused") // through ENDED
    private volatile boolean ended;

    TcpCall(TcpClientTransport client, ConnectionSlot slot, TcpMessage request, ResponseHandler handler) {
        this.client = client;
        this.slot = slot;
        this.request = request;
        this.costBytes = request.size() + OVERHEAD_BYTES;
        this.handler = handler;
    }

    boolean ended() {
        return ended;
    }

    private boolean end() {
        if (ended || !ENDED.compareAndSet(this, false, true)) {
            return false;
        }
        client.onCallEnded(slot, costBytes);
        return true;
    }

    /** Takes the response. */
    boolean succeed(TcpMessage response) {
        if (!end()) {
            response.free();
            return false;
        }
        try {
            handler.onResponse(response);
        } catch (RuntimeException e) {
            TcpContext.LOG.error("a response handler threw; it must not", e);
        }
        return true;
    }

    boolean fail(TransportException failure) {
        if (!end()) {
            return false;
        }
        try {
            handler.onFailure(failure);
        } catch (RuntimeException e) {
            TcpContext.LOG.error("a response handler threw; it must not", e);
        }
        return true;
    }

    @Override
    public void cancel() {
        if (!ended && fail(new TransportException(Reason.CANCELLED, "the call was cancelled by its caller"))) {
            slot.cancelled(this);
        }
    }
}
