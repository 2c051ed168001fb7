package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.table.TimerNode;
import org.jspecify.annotations.Nullable;

/** State of one RPC at one end; pooled. Its timer node is the one timer an RPC has. */
final class Rpc extends TimerNode {
    /** States as in the kernel module; a client RPC that has failed waits in FAILED for its event to be polled. */
    enum State {
        FREE,
        OUTGOING,
        INCOMING,
        IN_SERVICE,
        COMPLETE,
        FAILED,
        DONE
    }

    final int slot;
    int generation;
    State state = State.FREE;
    boolean client;
    /** As we use it on the wire: even on the client, odd on the server. */
    long id;

    @Nullable
    Peer peer;

    int localPort;
    int peerPort;
    long cookie;
    RpcError error = RpcError.NONE;

    final SentMessage out = new SentMessage(this);
    final IncomingMessage in = new IncomingMessage(this);
    final RpcTimes times = new RpcTimes();

    /** In the endpoint's own time, which stands still while the process is paused. */
    long silentSinceNs;

    /** Client: when it was made, or last heard of by its server; in the time of the clock, pauses included. */
    long heardNs;

    long nextResendNs;
    /** RESENDs since the peer last sent something of a message, or granted; BUSY does not count as that. */
    int asked;

    long needAckNs;
    long needAckDistanceNs;
    long sentAllNs;
    /** The request asks for (server: asked for) few unscheduled bytes in the response. */
    boolean incast;
    /** Its outcome is for {@link HomaEndpoint#pollPrivate} alone. */
    boolean unshared;
    /** The response's bytes are the application's and it has to be told when it may have them back. */
    boolean borrowed;
    /** First DATA of a scheduled message has left and no GRANT has come: a round trip is being measured. */
    long rttProbeNs;

    HomaEvent.Kind event = HomaEvent.Kind.NONE;

    @Nullable
    Rpc nextEvent;

    @Nullable
    Rpc previousEvent;
    /** Next free slot in the pool. */
    @Nullable
    Rpc nextFree;

    Rpc(int slot) {
        this.slot = slot;
    }

    long handle() {
        return (long) generation << RpcStore.SLOT_BITS | slot;
    }

    Peer peer() {
        Peer known = peer;
        if (known == null) {
            throw new IllegalStateException("RPC " + Long.toHexString(id) + " has ended");
        }
        return known;
    }
}
