package dev.remora.homa.protocol.peer;

import org.jspecify.annotations.Nullable;

/**
 * Finished RPCs between one port of ours and one of a server, which the server may forget; the oldest is told first. Bounded by
 * what fits into one ACK packet.
 */
public final class AckList {
    /** What fits into one ACK packet. */
    public static final int MAX_ACKS = 5;

    private final long[] ids = new long[MAX_ACKS];
    private final long[] sinceNs = new long[MAX_ACKS];
    private int first;
    private int count;
    private @Nullable Peer peer;
    private int clientPort;
    private int serverPort;

    /** Link of {@link Peer}. */
    @Nullable
    AckList next;

    /** Begins to wait for packets between two ports. */
    public void reset(Peer server, int ourPort, int serversPort) {
        peer = server;
        clientPort = ourPort;
        serverPort = serversPort;
        first = 0;
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

    /** The next one of the same peer. */
    public @Nullable AckList next() {
        return next;
    }

    /**
     * Notes that the server may forget an RPC.
     *
     * @param id as the client knows it
     * @return false if the list is full; send it in an ACK, with this one in the header
     */
    public boolean add(long id, long nowNs) {
        if (count == MAX_ACKS) {
            return false;
        }
        int place = (first + count++) % MAX_ACKS;
        ids[place] = id;
        sinceNs[place] = nowNs;
        return true;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public int size() {
        return count;
    }

    /** Whether something has been waiting since then or longer. */
    public boolean waitsSince(long ns) {
        return count > 0 && sinceNs[first] <= ns;
    }

    /** Takes the oldest one out. */
    public long pop() {
        if (count == 0) {
            throw new IllegalStateException("no acknowledgment waits");
        }
        long id = ids[first];
        first = (first + 1) % MAX_ACKS;
        count--;
        return id;
    }
}
