package dev.remora.homa.protocol.peer;

import org.jspecify.annotations.Nullable;

/**
 * Finished RPCs between one port of ours and one of a server, which the server may forget; the newest is told first. Bounded by
 * what fits into one ACK packet.
 *
 * <p>There is a list for each two ports, not for each server, as an acknowledgment that rides on a packet of another flow may
 * come to another queue of the server than the one that knows the RPC.
 */
public final class AckList {
    /** What fits into one ACK packet. */
    public static final int MAX_ACKS = 5;

    private final long[] ids = new long[MAX_ACKS];
    private int count;
    private @Nullable Peer peer;
    private int clientPort;
    private int serverPort;

    /** Since when the first entry has been waiting; of no meaning after that was told. */
    public long sinceNs;

    /** Links of {@link Peer}, or of the pool of those not in use. */
    @Nullable
    public AckList next;

    /** Begins to wait for packets between two ports. */
    public void reset(Peer server, int ourPort, int serversPort, long nowNs) {
        peer = server;
        clientPort = ourPort;
        serverPort = serversPort;
        sinceNs = nowNs;
        count = 0;
    }

    /** The server. */
    public Peer peer() {
        Peer known = peer;
        if (known == null) {
            throw new IllegalStateException("this list of acknowledgments is not in use");
        }
        return known;
    }

    public int clientPort() {
        return clientPort;
    }

    public int serverPort() {
        return serverPort;
    }

    public boolean isFor(int ourPort, int serversPort) {
        return clientPort == ourPort && serverPort == serversPort;
    }

    /**
     * Notes that the server may forget an RPC.
     *
     * @param id as the client knows it
     * @return false if the list is full; send it in an ACK, with this one in the header
     */
    public boolean add(long id) {
        if (count == MAX_ACKS) {
            return false;
        }
        ids[count++] = id;
        return true;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int size() {
        return count;
    }

    /** Takes the newest one out. */
    public long pop() {
        if (count == 0) {
            throw new IllegalStateException("no acknowledgment waits");
        }
        return ids[--count];
    }
}
