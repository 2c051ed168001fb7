package dev.remora.homa.net;

import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportMetric;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a transport is attached to: its ports, one per engine, and how peers are found. For use by any thread, but for the
 * ports.
 */
public interface Network extends AutoCloseable {
    /** One per engine, in the order of engines; each has its own queue. */
    List<PacketPort> ports();

    /**
     * Finds the way to a server; returns at once. The outcome comes on any thread, once, within a few seconds.
     *
     * @throws IllegalArgumentException if this network cannot have such an address
     */
    void resolve(Endpoint server, Resolution outcome);

    /**
     * Takes a Homa port for a server of this process, 0 for any free one.
     *
     * @throws dev.remora.spi.TransportException BIND if it is in use, or the address is not ours
     */
    Listening listen(Endpoint local);

    /** Calls the listener, on any thread, when a peer is known to be gone (not: silent). Before any resolve. */
    void onPeerLost(Consumer<PeerAddress> listener);

    /**
     * Ports of ours from which each engine may send requests to a server: responses to them come to its queue. Several, as a
     * server with several queues spreads requests by them.
     *
     * @param most so many are wanted for an engine
     * @return by engine; none for one that has no way to the server, which is never true for all
     */
    int[][] clientPorts(PeerAddress server, int most);

    /** Whether all packets between two ports come to the same queue. If not, engines pass on what came to the wrong one. */
    default boolean steersFlows() {
        return true;
    }

    /** Whether the death of a peer is noticed without sending to it. */
    boolean noticesPeerLoss();

    /** Whether our addresses are new with each instance, so that no packet of an earlier one can be meant for us. */
    default boolean freshAddress() {
        return false;
    }

    /** What it counts and measures, beside what the engines do. */
    default List<TransportMetric> metrics() {
        return List.of();
    }

    /** Whether it reaches other machines. */
    boolean crossesHosts();

    /** Ends everything but the ports, which their engines close. Idempotent. */
    @Override
    void close();

    /** Gets the outcome of {@link #resolve}. */
    interface Resolution {
        void found(PeerAddress server);

        /** @param problem what is wrong and what to do, naming the endpoint */
        void notFound(String problem);
    }

    /** A Homa port that is ours until closed. */
    interface Listening extends AutoCloseable {
        Endpoint address();

        @Override
        void close();
    }
}
