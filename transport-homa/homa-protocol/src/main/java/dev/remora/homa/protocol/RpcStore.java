package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.table.LongTable;
import dev.remora.homa.protocol.table.RpcKeyTable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All RPCs of an endpoint: pooled slots, the two tables that find them, and the list of those with an event for the
 * application. Client and server RPCs are kept apart by role, since both ends may use the same number. A handle holds the
 * slot and its generation, so a handle that outlived its RPC is noticed.
 */
final class RpcStore {
    static final int SLOT_BITS = 24;
    private static final long COUNTER_MASK = (1L << 48) - 2;

    private final int maxClient;
    private final int maxServer;
    private final LongTable<Rpc> clients;
    private final RpcKeyTable<Rpc> servers;
    private @Nullable Rpc[] slots = new @Nullable Rpc[256];
    private int slotsMade;
    private @Nullable Rpc free;
    private @Nullable Rpc firstEvent;
    private @Nullable Rpc lastEvent;
    private long nextId;
    private final long ownerBits;
    private int clientCount;
    private int serverCount;

    RpcStore(HomaConfig config) {
        maxClient = config.getInt(Tunable.MAX_CLIENT_RPCS);
        maxServer = config.getInt(Tunable.MAX_SERVER_RPCS);
        clients = new LongTable<>(maxClient, config.seed());
        servers = new RpcKeyTable<>(maxServer, config.seed() + 1);
        ownerBits = config.get(Tunable.OWNER) << 48;
        // Spread over the whole counter by the seed: ids of an earlier life of this process must not come again soon.
        nextId = mix(config.seed()) & COUNTER_MASK;
    }

    /** Null when the table is full. */
    @Nullable
    Rpc newClient(Peer peer, int localPort, int peerPort) {
        if (clientCount == maxClient) {
            return null;
        }
        long id;
        do {
            nextId = (nextId + 2) & COUNTER_MASK;
            id = ownerBits | nextId;
        } while (id == 0 || clients.get(id) != null);
        Rpc rpc = take(true, id, peer, localPort, peerPort);
        clients.put(id, rpc);
        clientCount++;
        return rpc;
    }

    /** Null when the table is full. */
    @Nullable
    Rpc newServer(Peer peer, long id, int localPort, int peerPort) {
        if (serverCount == maxServer) {
            return null;
        }
        Rpc rpc = take(false, id, peer, localPort, peerPort);
        if (!servers.put(peer.addressHigh(), peer.addressLow(), id, ports(peerPort, localPort), rpc)) {
            peer.liveRpcs--;
            giveBack(rpc);
            return null;
        }
        serverCount++;
        return rpc;
    }

    @Nullable
    Rpc client(long id) {
        return clients.get(id);
    }

    @Nullable
    Rpc server(long high, long low, long id, int clientPort, int serverPort) {
        return servers.get(high, low, id, ports(clientPort, serverPort));
    }

    /** As acknowledgments name it: the client's port plays no part. */
    @Nullable
    Rpc acknowledged(long high, long low, long id, int serverPort) {
        return servers.getIgnoringClientPort(high, low, id, serverPort);
    }

    static int ports(int clientPort, int serverPort) {
        return clientPort << 16 | serverPort;
    }

    /** Takes it out of its table; the slot stays until {@link #giveBack}. */
    void forget(Rpc rpc) {
        Peer peer = rpc.peer();
        if (rpc.client) {
            clients.remove(rpc.id);
            clientCount--;
        } else {
            servers.remove(peer.addressHigh(), peer.addressLow(), rpc.id, ports(rpc.peerPort, rpc.localPort));
            serverCount--;
        }
        peer.liveRpcs--;
    }

    void giveBack(Rpc rpc) {
        rpc.state = Rpc.State.FREE;
        rpc.peer = null;
        rpc.in.clear();
        rpc.generation++;
        rpc.nextFree = free;
        free = rpc;
    }

    @Nullable
    Rpc byHandle(long handle) {
        int slot = (int) (handle & ((1 << SLOT_BITS) - 1));
        if (handle <= 0 || slot >= slotsMade) {
            return null;
        }
        Rpc rpc = slots[slot];
        return rpc != null && rpc.handle() == handle && rpc.state != Rpc.State.FREE ? rpc : null;
    }

    /** The RPC in a slot, in any state; null when the slot has never been used. For walks over all of them. */
    @Nullable
    Rpc slot(int slot) {
        return slots[slot];
    }

    int slotsMade() {
        return slotsMade;
    }

    int clientCount() {
        return clientCount;
    }

    int serverCount() {
        return serverCount;
    }

    void addEvent(Rpc rpc, HomaEvent.Kind kind) {
        if (rpc.event != HomaEvent.Kind.NONE) {
            rpc.event = kind;
            return;
        }
        rpc.event = kind;
        if (rpc.unshared) {
            return;
        }
        rpc.nextEvent = null;
        rpc.previousEvent = lastEvent;
        if (lastEvent == null) {
            firstEvent = rpc;
        } else {
            lastEvent.nextEvent = rpc;
        }
        lastEvent = rpc;
    }

    void dropEvent(Rpc rpc) {
        if (rpc.event == HomaEvent.Kind.NONE) {
            return;
        }
        rpc.event = HomaEvent.Kind.NONE;
        if (rpc.unshared) {
            return;
        }
        Rpc next = rpc.nextEvent;
        Rpc previous = rpc.previousEvent;
        if (previous == null) {
            firstEvent = next;
        } else {
            previous.nextEvent = next;
        }
        if (next == null) {
            lastEvent = previous;
        } else {
            next.previousEvent = previous;
        }
        rpc.nextEvent = null;
        rpc.previousEvent = null;
    }

    /** The RPC whose event is due next; it stays in the list. */
    @Nullable
    Rpc firstEvent() {
        return firstEvent;
    }

    private Rpc take(boolean client, long id, Peer peer, int localPort, int peerPort) {
        Rpc rpc = free;
        if (rpc == null) {
            if (slotsMade == slots.length) {
                slots = Arrays.copyOf(slots, slotsMade * 2);
            }
            rpc = new Rpc(slotsMade);
            rpc.generation = 1;
            slots[slotsMade++] = rpc;
        } else {
            free = rpc.nextFree;
            rpc.nextFree = null;
        }
        rpc.client = client;
        rpc.id = id;
        rpc.peer = peer;
        rpc.localPort = localPort;
        rpc.peerPort = peerPort;
        rpc.cookie = 0;
        rpc.error = RpcError.NONE;
        rpc.times.reset();
        rpc.nextResendNs = 0;
        rpc.asked = 0;
        rpc.needAckNs = 0;
        rpc.needAckDistanceNs = 0;
        rpc.sentAllNs = 0;
        rpc.incast = false;
        rpc.unshared = false;
        rpc.borrowed = false;
        rpc.rttProbeNs = 0;
        rpc.in.clear();
        peer.liveRpcs++;
        return rpc;
    }

    private static long mix(long x) {
        long z = x + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
