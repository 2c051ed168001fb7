package dev.remora.tcp;

/**
 * What a transport has counted since it was made, all its clients and servers together.
 *
 * @param connectionsOpened connections whose greeting succeeded, both sides
 * @param connectionsClosed connections that ended after that
 * @param connectFailures attempts of clients that failed
 * @param reconnects connections a client made after its first one on the same slot
 * @param connectionsRefused connections that a server closed at once: too many
 * @param framesReceived whole frames of every type
 * @param framesSent frames of every type
 * @param bytesReceived bytes read from sockets
 * @param bytesSent bytes handed to sockets
 * @param protocolErrors connections closed because of what the peer sent
 * @param lateResponses responses and aborts to calls that had ended
 * @param requestsDropped requests that came after the server's GOAWAY
 * @param pingsLost connections given up because the peer was silent
 * @param stalls connections given up because the peer took no bytes
 * @param readPauses times a server stopped reading a connection: too much in flight or unread
 */
public record TcpStats(
        long connectionsOpened,
        long connectionsClosed,
        long connectFailures,
        long reconnects,
        long connectionsRefused,
        long framesReceived,
        long framesSent,
        long bytesReceived,
        long bytesSent,
        long protocolErrors,
        long lateResponses,
        long requestsDropped,
        long pingsLost,
        long stalls,
        long readPauses) {}
