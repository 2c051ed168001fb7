package dev.remora.homa.sim.fault;

/** Each way a plan can go wrong; a campaign counts how often each really happened. */
public enum FaultKind {
    /** Packet vanished. */
    LOSS,
    /** Packet arrived twice. */
    DUPLICATION,
    /** Packet held back so that later ones overtook it. */
    REORDERING,
    /** Packet with flipped bytes, caught by the checksum. */
    CORRUPTION,
    /** Packet with flipped bytes that the checksum let through. */
    MANGLING,
    /** No packets between two hosts, both ways. */
    PARTITION,
    /** No packets from one host to another. */
    ONE_WAY,
    /** A host that handles nothing for a while; packets queue in its ring. */
    PAUSE,
    /** Packet lost because the ring of a host was full. */
    RING_OVERFLOW,
    /** Process gone, and a new one at the same address. */
    CRASH,
    /** Clock of a host jumps forwards. */
    CLOCK_JUMP,
    /** Clock of a host jumps backwards. */
    CLOCK_BACK,
    /** Clock of a host runs fast or slow. */
    DRIFT,
    /** No memory for an arriving message. */
    NO_BUFFERS,
    /** Table of client RPCs full. */
    TABLE_FULL,
    /** Unit of several segments cut by the link. */
    SEGMENTATION,
    /** Client application gave up. */
    ABORT,
    /** Server application dropped a request. */
    SERVER_ABORT,
    /** Request to a port nobody listens on. */
    CLOSED_PORT
}
