package dev.remora.homa.net.neighbour;

/** What is known of a neighbour. */
public enum NeighbourState {
    /** Asked for and not known yet. */
    INCOMPLETE,
    /** Known, and heard of lately. */
    REACHABLE,
    /** Known and used, but to be asked again at the next use. */
    STALE,
    /** Did not answer; asked again only after a while. */
    FAILED,
    /** Configured; never changes. */
    STATIC
}
