package dev.remora.homa.protocol;

/** What became of a packet given to {@link HomaEndpoint#onPacket}. */
public enum Verdict {
    /** Taken, or dropped in a way that the protocol expects (a duplicate, an answer to an RPC that has ended). */
    ACCEPTED,
    /** Malformed or not for us; counted by reason in the metrics. */
    DROPPED,
    /** No server on the destination port: the link layer should answer with ICMP port unreachable. */
    NO_SUCH_PORT,
    /** Belongs to a client RPC of another owner (bits 48-55 of the id): hand it over. */
    FOREIGN_OWNER
}
