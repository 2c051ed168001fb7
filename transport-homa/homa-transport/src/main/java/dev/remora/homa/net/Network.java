package dev.remora.homa.net;

import dev.remora.spi.Endpoint;
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

    /** Client ports for an engine: responses to them arrive at its queue. */
    int clientPort(int engine, PeerAddress server);

    /** Whether the death of a peer is noticed without sending to it. */
    boolean noticesPeerLoss();

    /** Whether our addresses are new with each instance, so that no packet of an earlier one can be meant for us. */
    default boolean freshAddress() {
        return false;
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
