package dev.remora.homa.net.neighbour;

/** Sends questions for {@link NeighbourTable#pollQuestions}. */
@FunctionalInterface
public interface Asker {
    /**
     * Asks who has an address.
     *
     * @param mac whom to ask; 0 = everybody on the link
     * @return false if nothing can be sent now: the question is kept
     */
    boolean ask(long high, long low, long mac);
}
