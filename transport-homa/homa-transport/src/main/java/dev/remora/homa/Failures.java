package dev.remora.homa;

import dev.remora.homa.protocol.RpcError;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;

/** What failures of RPCs and answers of servers mean to callers. */
final class Failures {
    private Failures() {}

    /** @param heard whether the server had shown a sign of life for this call, or the network has said that it is gone */
    static TransportException of(RpcError error, boolean heard, Endpoint peer) {
        return switch (error) {
            case PORT_UNREACHABLE ->
                heard
                        ? lost(peer, "it stopped listening during the call")
                        : unreachable(
                                peer,
                                "nobody listens on this port: start the server, correct the address, or give both sides the"
                                        + " same remora.homa.encapsulation");
            case HOST_UNREACHABLE ->
                heard ? lost(peer, "it is gone") : unreachable(peer, "there is no way to this host");
            case PROTOCOL_UNREACHABLE ->
                heard
                        ? lost(peer, "its host refuses the protocol")
                        : unreachable(peer, "its host refuses the protocol: is remora.homa.encapsulation the same?");
            case TIMED_OUT, GIVEN_UP, FORGOTTEN, NONE -> lost(peer, "it has been silent for too long");
            case PROTOCOL_ERROR ->
                new TransportException(Reason.PROTOCOL, "the server " + peer + " broke the Homa protocol");
            case ABORTED -> new TransportException(Reason.CLOSED, "the homa transport was closed during the call");
        };
    }

    static TransportException of(MessageKind answer, int limit, Endpoint peer) {
        return switch (answer) {
            case REFUSED ->
                new TransportException(
                        Reason.REFUSED,
                        "the server " + peer + " is closing and takes no new requests: call another one");
            case FULL ->
                new TransportException(
                        Reason.REFUSED,
                        "the server " + peer + " has no room for this request: it serves as many as it may"
                                + " (remora.homa.max-requests), or it has no memory for large ones (remora.homa.join-memory, -Xmx)");
            case ABORTED ->
                new TransportException(
                        Reason.ABORTED, "the server " + peer + " gave the request up without a response");
            case LOST -> lost(peer, "it closed during the call");
            case TOO_LARGE ->
                new TransportException(
                        Reason.TOO_LARGE,
                        "the server " + peer + " takes requests of up to " + limit
                                + " bytes: send less, or raise remora.homa.max-message-bytes there");
            case UNKNOWN ->
                lost(peer, "it has given up a large message that took too long (remora.homa.transfer-timeout)");
            default -> protocol(peer, "an answer that does not fit: " + answer);
        };
    }

    static TransportException protocol(Endpoint peer, String what) {
        return new TransportException(Reason.PROTOCOL, "the server " + peer + " sent " + what);
    }

    static TransportException overloaded(Endpoint peer) {
        return new TransportException(
                Reason.OVERLOADED,
                "too many RPCs or peers for a call to " + peer
                        + ": wait for some to end, or raise remora.homa.protocol.max-client-rpcs or .max-peers");
    }

    static TransportException unreachable(Endpoint peer, String why) {
        return new TransportException(Reason.UNREACHABLE, "cannot reach " + peer + ": " + why);
    }

    private static TransportException lost(Endpoint peer, String why) {
        return new TransportException(Reason.PEER_LOST, "the server " + peer + " was lost: " + why);
    }
}
