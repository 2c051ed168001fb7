package dev.remora.dpdk.device;

/**
 * Something this machine lacks for a device to open.
 *
 * @param problem what is missing
 * @param remedy what to do about it, a sentence or a command
 * @param passing whether it may go by itself, so that trying again later makes sense: the peer is not there yet
 */
public record Obstacle(String problem, String remedy, boolean passing) {
    static Obstacle lasting(String problem, String remedy) {
        return new Obstacle(problem, remedy, false);
    }

    /** Both in one line. */
    @Override
    public String toString() {
        return problem + ": " + remedy;
    }
}
