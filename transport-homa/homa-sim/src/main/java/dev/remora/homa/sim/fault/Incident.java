package dev.remora.homa.sim.fault;

/**
 * A fault with a time: a partition, a pause, a crash (restart at {@code toNs}) or a jump of a clock.
 *
 * @param other the far host of a partition, else the same host
 * @param amountNs how far a clock jumps, else 0
 */
public record Incident(FaultKind kind, int host, int other, long fromNs, long toNs, long amountNs) {
    boolean cuts(int from, int to, long nowNs) {
        if (nowNs < fromNs || nowNs >= toNs) {
            return false;
        }
        boolean forth = from == host && to == other;
        return switch (kind) {
            case PARTITION -> forth || from == other && to == host;
            case ONE_WAY -> forth;
            default -> false;
        };
    }
}
