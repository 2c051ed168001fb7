package dev.remora.runtime.balance;

import dev.remora.runtime.balance.PeerState.Condition;

/** What a balancer keeps in mind of a peer. Written under its lock; those that are volatile are shown to others too. */
final class PeerRecord {
    volatile PeerHealth.Mark mark = PeerHealth.Mark.UNKNOWN;
    /** Why it is or was set aside last. */
    volatile boolean ejected;

    volatile String reason = "";
    /** When it gets its trial. */
    long asideUntilNs;
    /** Times in a row that it could not be reached. */
    int backOffs;
    /** Times that it was ejected, less those that are long ago. */
    int ejections;
    /** Calls up to the last comparison of success rates. */
    long comparedSucceeded;

    long comparedFailed;
    long retiredAtNs;

    Condition condition(int phase) {
        if (phase == Peer.RETIRED || phase == Peer.CLOSED) {
            return Condition.DRAINING;
        }
        if (phase == Peer.ASIDE) {
            return ejected ? Condition.EJECTED : Condition.UNREACHABLE;
        }
        if (mark == PeerHealth.Mark.NOT_SERVING) {
            return Condition.NOT_SERVING;
        }
        return phase == Peer.PROBATION ? Condition.PROBATION : Condition.USABLE;
    }

    /** Empty if calls go there. */
    String reason() {
        return mark == PeerHealth.Mark.NOT_SERVING ? "marked as not serving" : reason;
    }
}
