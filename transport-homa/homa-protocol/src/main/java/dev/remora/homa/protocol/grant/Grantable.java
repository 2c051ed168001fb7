package dev.remora.homa.protocol.grant;

import org.jspecify.annotations.Nullable;

/**
 * What the grant scheduler has to know of one incoming message.
 *
 * <p>The incoming message extends this class, so that a message is in the scheduler's structures without a node of its
 * own: nothing is allocated or looked up per batch of data. The public fields are set by the owner of the message (all
 * but {@link #granted} and {@link #grantLevel}, which the scheduler moves on); the others belong to the scheduler.
 *
 * <p>The scheduler works with the values of the last {@link GrantScheduler#onData}. The owner may thus update {@link
 * #received} of all messages of a burst first and report them afterwards, without disturbing the order of queues.
 */
public class Grantable {

    static final byte NONE = 0;
    static final byte ACTIVE = 1;
    static final byte QUEUED = 2;

    /** Bytes of the whole message. Set before the first report, then constant. */
    public int length;

    /** Distinct bytes received up to now; never decreases. */
    public int received;

    /** Leading bytes the sender may send, unscheduled ones included. Set to {@link #unscheduled} before the first report. */
    public int granted;

    /** Leading bytes the sender sends on its own initiative, as told by its first packet. */
    public int unscheduled;

    /** Time of the first packet; decides between messages with equally many bytes remaining. */
    public long birthNs;

    /** Level of the last grant. */
    public int grantLevel;

    /** The sender. Must be set before the first report of a message with scheduled bytes. */
    public @Nullable PeerGrants peer;

    byte place = NONE;

    /** Wants a grant, which was held back for lack of budget. Only active messages are needy. */
    boolean needy;

    /** Received bytes at the last report: the part of the rank that changes. */
    int seenReceived;

    /** This message's part of the total; what is taken off when it changes or goes. */
    int accountedIncoming;

    /** Order of admission: the last tie-break, so that the rank is a total order. */
    long sequence;

    /** Index in the array of active messages or in the peer's queue, by {@link #place}. */
    int placeIndex = -1;

    /** Index in the heap by age of the FIFO grants; -1 if it is no candidate. */
    int ageIndex = -1;

    /** Makes the object ready for another message. It must have left the scheduler. */
    public final void resetGrants() {
        if (place != NONE) {
            throw new IllegalStateException("message is still in the grant scheduler");
        }
        length = 0;
        received = 0;
        granted = 0;
        unscheduled = 0;
        birthNs = 0;
        grantLevel = 0;
        peer = null;
        needy = false;
        seenReceived = 0;
        accountedIncoming = 0;
        sequence = 0;
        placeIndex = -1;
        ageIndex = -1;
    }

    final int remaining() {
        return length - seenReceived;
    }

    /** Fewer bytes remaining first (SRPT), then the older. */
    final boolean ranksBefore(Grantable other) {
        int difference = Integer.compare(remaining(), other.remaining());
        return difference != 0 ? difference < 0 : olderThan(other);
    }

    final boolean olderThan(Grantable other) {
        // By difference, since a monotonic clock may start anywhere, even shortly before its overflow.
        long difference = birthNs - other.birthNs;
        return difference != 0 ? difference < 0 : sequence < other.sequence;
    }
}
