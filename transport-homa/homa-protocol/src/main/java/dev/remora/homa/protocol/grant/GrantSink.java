package dev.remora.homa.protocol.grant;

/** Where grants go: the owner makes a GRANT packet of each. It must not call the scheduler from here. */
@FunctionalInterface
public interface GrantSink {

    /**
     * The sender of the message may send up to an offset.
     *
     * @param message the message; its {@code granted} and {@code grantLevel} have the new values already
     * @param offset leading bytes that may be sent now; larger than in any grant before
     * @param level priority for packets sent by this grant
     * @param fifo whether this grant is one for the oldest message rather than one by rank
     */
    void onGrant(Grantable message, int offset, int level, boolean fifo);
}
