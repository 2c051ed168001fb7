package dev.remora.homa.protocol;

/** Why an RPC ended without a response. After any of them the server may or may not have run the request. */
public enum RpcError {
    NONE,
    /** Nothing came from the server for {@link Tunable#TIMEOUT_TICKS}. */
    TIMED_OUT,
    /** ICMP: nobody listens on the port. */
    PORT_UNREACHABLE,
    /** ICMP: the host does not know the protocol. */
    PROTOCOL_UNREACHABLE,
    /** ICMP: no way to the host. */
    HOST_UNREACHABLE,
    /** The peer broke the protocol, for instance by announcing a message of more than 1,000,000 bytes. */
    PROTOCOL_ERROR,
    /** Ended by {@link HomaEndpoint#abort}. */
    ABORTED,
    /** Server side: the client never acknowledged the response within the give-up time. */
    GIVEN_UP,
    /** Server side: the client said it does not know the RPC. */
    FORGOTTEN
}
