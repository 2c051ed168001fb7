package dev.remora.homa.protocol;

import dev.remora.homa.protocol.receive.MessageBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link HomaEndpoint#pollEvent} tells the application; one object is filled again and again. The buffer belongs to
 * whoever polled the event: give it back with {@link HomaEndpoint#release}.
 */
public final class HomaEvent {
    /** What happened. */
    public enum Kind {
        NONE,
        /** Server: a request is complete. {@link #handle} is for {@link HomaEndpoint#sendResponse}. */
        REQUEST,
        /** Client: the response is complete; the bytes of the request may be reused. */
        RESPONSE,
        /** Client: the RPC failed ({@link #error}); the bytes of the request may be reused. */
        FAILED,
        /** Server: the RPC is over and the bytes of the response may be reused; {@link #error} says how it ended. */
        RESPONSE_DONE
    }

    public Kind kind = Kind.NONE;
    public long handle;
    public long rpcId;
    /** What the application gave with the request (client) or the response (server). */
    public long cookie;

    public long peerHigh;
    public long peerLow;
    public int peerPort;
    public int localPort;
    /** The message; null in FAILED and RESPONSE_DONE. */
    public @Nullable MessageBuffer message;

    public int length;
    public RpcError error = RpcError.NONE;
    /** Times of the RPC, filled for all kinds. */
    public final RpcTimes times = new RpcTimes();
}
