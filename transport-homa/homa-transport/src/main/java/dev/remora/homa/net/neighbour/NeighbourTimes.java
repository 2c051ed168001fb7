package dev.remora.homa.net.neighbour;

/**
 * How often neighbours are asked, all times in ns.
 *
 * @param reachableNs how long a neighbour counts as reachable after it was heard of (RFC 4861: 30 s)
 * @param askNs between questions for an unknown neighbour
 * @param asks questions until an unknown neighbour is given up
 * @param probeNs between questions to a stale neighbour, which is still used
 * @param probes questions until a stale neighbour is given up; the first half goes to its known MAC address only
 * @param pauseNs after a neighbour was given up, until it is asked for again; doubles with each failure up to 32 times this
 */
public record NeighbourTimes(long reachableNs, long askNs, int asks, long probeNs, int probes, long pauseNs) {
    /** An unknown neighbour is given up after 1 s. */
    public static final NeighbourTimes USUAL =
            new NeighbourTimes(30_000_000_000L, 250_000_000L, 4, 1_000_000_000L, 6, 1_000_000_000L);

    public NeighbourTimes {
        if (reachableNs < 1 || askNs < 1 || asks < 1 || probeNs < 1 || probes < 1 || pauseNs < 1) {
            throw new IllegalArgumentException("times and numbers of questions must be positive: " + reachableNs + ", "
                    + askNs + ", " + asks + ", " + probeNs + ", " + probes + ", " + pauseNs);
        }
    }
}
