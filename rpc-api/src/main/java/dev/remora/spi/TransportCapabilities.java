package dev.remora.spi;

/**
 * What a transport promises. The contract suite checks what is promised here.
 *
 * @param maxMessageBytes largest message (request or response) it can carry under its present settings, in bytes
 * @param cancelReachesServer a cancelled call is reported to the server's {@link ServerExchange} while it runs
 * @param ordered requests between two peers are delivered in the order they were sent (no caller may rely on it; the
 *     capability exists to explain measurements)
 * @param crossesHosts it reaches other machines
 * @param reportsPeerLoss a peer that dies fails its calls at once instead of after a time-out
 */
public record TransportCapabilities(
        int maxMessageBytes,
        boolean cancelReachesServer,
        boolean ordered,
        boolean crossesHosts,
        boolean reportsPeerLoss) {}
