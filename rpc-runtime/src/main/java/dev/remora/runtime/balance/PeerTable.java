package dev.remora.runtime.balance;

import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peers of a channel: those that the resolver names, and those that it no longer names and that still have calls in
 * progress. Used under the balancer's lock.
 */
final class PeerTable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTable.class);

    private final String channel;
    private final Function<ServerAddress, Peer> connect;
    private final long drainTimeoutNs;
    private Map<Endpoint, Peer> current = new LinkedHashMap<>();
    private List<Peer> order = List.of();
    private final Map<Endpoint, Peer> retired = new LinkedHashMap<>();
    private long picksOfClosed;
    private @Nullable RuntimeException refusal;

    PeerTable(String channel, Function<ServerAddress, Peer> connect, long drainTimeoutNs) {
        this.channel = channel;
        this.connect = connect;
        this.drainTimeoutNs = drainTimeoutNs;
    }

    /** Those that the resolver names, in its order. */
    Collection<Peer> current() {
        return current.values();
    }

    Collection<Peer> retired() {
        return Collections.unmodifiableCollection(retired.values());
    }

    @Nullable
    Peer find(Endpoint endpoint) {
        return current.get(endpoint);
    }

    /** Why the transport would not have the last address that it refused, null if it has taken all. */
    @Nullable
    RuntimeException refusal() {
        return refusal;
    }

    /** Calls that began at all peers there have been. */
    long picks() {
        long picks = picksOfClosed;
        for (Peer peer : current.values()) {
            picks += peer.picks();
        }
        for (Peer peer : retired.values()) {
            picks += peer.picks();
        }
        return picks;
    }

    /**
     * Connects to who is new and retires who is gone.
     *
     * @return whether anything is different, weights included
     */
    boolean replace(List<ServerAddress> addresses, long nowNs) {
        Map<Endpoint, Peer> next = new LinkedHashMap<>();
        boolean changed = false;
        refusal = null;
        for (ServerAddress address : addresses) {
            Peer peer = current.remove(address.endpoint());
            if (peer == null) {
                changed = true;
                peer = reviveOrConnect(address);
            } else {
                changed |= !peer.address().equals(address);
                peer.update(address);
            }
            if (peer != null) {
                next.put(address.endpoint(), peer);
            }
        }
        for (Peer gone : current.values()) {
            changed = true;
            LOG.debug("{}: {} is gone, with {} calls in progress", channel, gone, gone.outstanding());
            gone.record.retiredAtNs = nowNs;
            gone.retire();
            retired.put(gone.endpoint(), gone);
        }
        List<Peer> nextOrder = List.copyOf(next.values());
        changed |= !nextOrder.equals(order); // first-ready goes by it
        order = nextOrder;
        current = next;
        return changed;
    }

    private @Nullable Peer reviveOrConnect(ServerAddress address) {
        Peer peer = retired.remove(address.endpoint());
        if (peer != null) {
            peer.update(address);
            peer.record.backOffs = 0;
            peer.record.reason = "";
            peer.activate();
            return peer;
        }
        try {
            return connect.apply(address);
        } catch (RuntimeException e) {
            // An address of a kind that this transport cannot have; the others must not suffer.
            LOG.warn("{}: {} is left out, since the transport refuses it: {}", channel, address, e.getMessage());
            refusal = e;
            return null;
        }
    }

    /** Takes out the retired ones that have no calls left, or have had their time; their clients are to be closed. */
    List<ClientTransport> takeDrained(long nowNs) {
        List<ClientTransport> drained = new ArrayList<>();
        for (Iterator<Peer> all = retired.values().iterator(); all.hasNext(); ) {
            Peer peer = all.next();
            boolean late = nowNs - peer.record.retiredAtNs >= drainTimeoutNs;
            if (peer.closeIfIdle() || late) {
                if (peer.outstanding() > 0) {
                    LOG.warn(
                            "{}: {} calls to {}, which is gone, are ended (balance.drain-timeout)",
                            channel,
                            peer.outstanding(),
                            peer);
                }
                peer.closed();
                picksOfClosed += peer.picks();
                drained.add(peer.transport());
                all.remove();
            }
        }
        return drained;
    }

    /** Nanoseconds until a retired one has had its time; {@link Long#MAX_VALUE} if there is none. */
    long nextNs(long nowNs) {
        long next = Long.MAX_VALUE;
        for (Peer peer : retired.values()) {
            next = Math.min(next, peer.record.retiredAtNs + drainTimeoutNs - nowNs);
        }
        return Math.max(0, next);
    }

    /** All that there are, with the duty to close their clients. */
    List<ClientTransport> takeAll() {
        List<Peer> all = new ArrayList<>(current.values());
        all.addAll(retired.values());
        for (Peer peer : all) {
            peer.closed();
            picksOfClosed += peer.picks();
        }
        current = new LinkedHashMap<>();
        retired.clear();
        return all.stream().map(Peer::transport).toList();
    }
}
