package dev.remora.homa.net;

import dev.remora.spi.TransportException;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * Homa ports of this process on one interface: those it listens on and those its clients use. Bounded by the number of ports.
 * Other processes on the same interface have a table of their own, and nobody sees both: give them different ports. For any
 * thread.
 */
final class HomaPorts {
    /** Clients' ports, as Linux gives them to TCP. */
    static final int FIRST_CLIENT = 32_768;

    static final int LAST_CLIENT = 60_999;
    static final int CLIENTS = LAST_CLIENT - FIRST_CLIENT + 1;
    /** For who listens on any port: Homa's servers are below 32768, and devices tell clients from servers by that. */
    static final int FIRST_ANY = 20_000;

    static final int LAST_ANY = 32_767;

    private final BitSet listening = new BitSet(65_536);
    private final BitSet clients = new BitSet(65_536);
    private final RandomGenerator random = RandomGenerator.getDefault();

    /**
     * @param port 1 to 65535, or 0 for any
     * @throws TransportException BIND if it is in use
     */
    synchronized int listen(int port) {
        int taken = port;
        if (port == 0) {
            int start = random.nextInt(FIRST_ANY, LAST_ANY + 1);
            taken = listening.nextClearBit(start);
            if (taken > LAST_ANY) {
                taken = listening.nextClearBit(FIRST_ANY);
            }
            if (taken > LAST_ANY) {
                throw new TransportException(
                        TransportException.Reason.BIND,
                        "all ports from " + FIRST_ANY + " to " + LAST_ANY + " are in use: close some servers");
            }
        } else if (listening.get(port)) {
            throw new TransportException(
                    TransportException.Reason.BIND,
                    "Homa port " + port + " is in use by another server of this process: choose another, or 0 for any");
        } else if (clients.get(port)) {
            throw new TransportException(
                    TransportException.Reason.BIND,
                    "Homa port " + port + " is in use by a client of this process: choose one outside " + FIRST_CLIENT
                            + " to " + LAST_CLIENT);
        }
        listening.set(taken);
        return taken;
    }

    synchronized void unlisten(int port) {
        listening.clear(port);
    }

    /** Takes a port for clients; many may share it. False if somebody listens on it. */
    synchronized boolean useForClients(int port) {
        if (listening.get(port)) {
            return false;
        }
        clients.set(port);
        return true;
    }
}
