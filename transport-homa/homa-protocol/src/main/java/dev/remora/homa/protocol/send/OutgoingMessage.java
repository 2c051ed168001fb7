package dev.remora.homa.protocol.send;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out: which bytes exist, which may be sent, which have been.
 *
 * <p>Pooled and intrusive: the owner embeds or extends it and calls {@link #reset} for each new message, and the
 * positions in the heaps of {@link SendQueue} live in the object itself, so queueing allocates nothing.
 *
 * <p>Packets begin at every {@code segmentBytes} bytes, and one boundary is forced at the unscheduled limit, so the
 * last unscheduled packet is short and those after it count from the limit. The size is fixed for the life of the
 * message: a retransmission must have the boundaries of the first transmission, because the Homa kernel module drops
 * a packet that overlaps received bytes only partly.
 */
public class OutgoingMessage {
    /** The message's first bytes when they are not in front of the others; mostly none. */
    public MemorySegment lead = MemorySegment.NULL;

    /** Length of the {@link #lead}. */
    public int leadBytes;

    /** The bytes of the message, after its lead; null when there is no message, or when the owner keeps them elsewhere. */
    public @Nullable MemorySegment memory;

    /** Where in {@link #memory} the message, or what follows its lead, begins. */
    public long offset;

    public int length;

    /** Leading bytes that need no grant; fixed by {@link #reset}. */
    public int unscheduled;

    /** Leading bytes that may be sent: unscheduled ≤ granted ≤ length; never falls. */
    public int granted;

    /** First byte never handed to the NIC; everything below may be asked for again. */
    public int next;

    public int unscheduledLevel;

    /** Level of the last GRANT, 0 before the first. */
    public int scheduledLevel;

    public long birthNs;

    /** Data bytes of a full packet. */
    public int segmentBytes = 1;

    /** Made when first needed: most messages never lose a packet. Kept for the next message of this object. */
    private @Nullable Retransmissions retransmissions;

    /** Breaks ties between messages born in the same nanosecond: order of first entry into the queue; 0 before it. */
    long arrival;

    /** Bytes remaining when last placed in the heap: the heap stays sound if the owner is late with an update. */
    int queuedRemaining;

    int remainingIndex = -1;
    int ageIndex = -1;

    /**
     * Begins a new message. It must not be in a {@link SendQueue}.
     *
     * @param unscheduledLimit bytes to send without grants at most
     * @param segmentBytes data bytes of a full packet, at least 1
     */
    public final void reset(
            @Nullable MemorySegment memory,
            long offset,
            int length,
            int unscheduledLimit,
            int unscheduledLevel,
            int segmentBytes,
            long birthNs) {
        if (queued()) {
            throw new IllegalStateException("message is still queued");
        }
        if (length < 0 || unscheduledLimit < 0 || segmentBytes < 1) {
            throw new IllegalArgumentException(
                    "length " + length + ", unscheduled " + unscheduledLimit + ", segment " + segmentBytes);
        }
        this.lead = MemorySegment.NULL;
        this.leadBytes = 0;
        this.memory = memory;
        this.offset = offset;
        this.length = length;
        this.unscheduled = Math.min(unscheduledLimit, length);
        this.granted = unscheduled;
        this.next = 0;
        this.unscheduledLevel = unscheduledLevel;
        this.scheduledLevel = 0;
        this.birthNs = birthNs;
        this.segmentBytes = segmentBytes;
        this.arrival = 0;
        if (retransmissions != null) {
            retransmissions.clear();
        }
    }

    /** The first bytes of the message just begun are elsewhere; its length counts them. */
    public final void lead(MemorySegment firstBytes) {
        lead = firstBytes;
        leadBytes = (int) Math.min(length, firstBytes.byteSize());
    }

    /** What the receiver asked to have again. */
    public final Retransmissions retransmissions() {
        Retransmissions existing = retransmissions;
        if (existing == null) {
            existing = new Retransmissions(this);
            retransmissions = existing;
        }
        return existing;
    }

    /** Whether there are packets to be sent again. */
    public final boolean resendPending() {
        return retransmissions != null && retransmissions.pending();
    }

    /** Whether the first byte not yet sent may be sent. */
    public final boolean sendable() {
        return next < granted && next < length;
    }

    public final boolean fullySent() {
        return next >= length;
    }

    /** Bytes never sent yet: the key of SRPT order. */
    public final int remaining() {
        return length - next;
    }

    /** Whether the message is in a {@link SendQueue}. */
    public final boolean queued() {
        return remainingIndex >= 0;
    }

    /** Level of a first transmission that begins at this byte. */
    public final int levelAt(int start) {
        return start < unscheduled ? unscheduledLevel : scheduledLevel;
    }

    /**
     * A GRANT arrived. One that is overtaken by a later one, or negative, changes nothing, not even the level: its
     * level is older than ours. Too large an offset and too high a level are clamped.
     *
     * @return whether more bytes may be sent than before
     */
    public final boolean onGrant(int grantOffset, int level, int numPriorities) {
        if (grantOffset < granted) {
            return false;
        }
        scheduledLevel = Math.clamp(level, 0, Math.max(0, numPriorities - 1));
        return raiseGranted(grantOffset);
    }

    /**
     * Allows more bytes without changing the level: a RESEND beyond the granted bytes shows that a GRANT was lost.
     *
     * @return whether more bytes may be sent than before
     */
    public final boolean raiseGranted(int grantOffset) {
        int clamped = Math.min(grantOffset, length);
        if (clamped <= granted) {
            return false;
        }
        granted = clamped;
        return true;
    }

    /** Bytes from {@link #next} on were handed to the NIC; call {@link SendQueue#update} afterwards. */
    public final void onSent(int bytes) {
        if (bytes < 0 || bytes > length - next) {
            throw new IllegalArgumentException("sent " + bytes + " of " + (length - next));
        }
        next += bytes;
    }

    /**
     * Data bytes of the unit that starts here: all packets that start below {@code granted}, whole, but at most
     * {@code maxSegments}, and never across the unscheduled limit. Packets that start at or beyond {@code granted}
     * stay behind even when the frame had room for them. 0 when nothing may be sent from here.
     */
    public final int unitBytes(int start, int maxSegments) {
        if (start < 0 || start >= granted || maxSegments < 1) {
            return 0;
        }
        boolean unscheduledPart = start < unscheduled;
        int lastByte = unscheduledPart ? unscheduled - 1 : granted - 1;
        long room = packetEnd(start) + (maxSegments - 1L) * segmentBytes;
        return (int) Math.min(room, packetEnd(lastByte)) - start;
    }

    /** First byte of the packet that holds this byte. Bytes outside the message count as its first or last. */
    public final int packetStart(int byteOffset) {
        int at = inside(byteOffset);
        int base = at < unscheduled ? 0 : unscheduled;
        return at - (at - base) % segmentBytes;
    }

    /** First byte after the packet that holds this byte. */
    public final int packetEnd(int start) {
        int at = inside(start);
        int limit = at < unscheduled ? unscheduled : length;
        return (int) Math.min((long) packetStart(at) + segmentBytes, limit);
    }

    /** Number of the packet that holds this byte, from 0. */
    final int packetIndex(int byteOffset) {
        int at = inside(byteOffset);
        return at < unscheduled ? at / segmentBytes : packets(unscheduled) + (at - unscheduled) / segmentBytes;
    }

    final int packetCount() {
        return packets(unscheduled) + packets(length - unscheduled);
    }

    private int packets(int bytes) {
        return bytes == 0 ? 0 : (bytes - 1) / segmentBytes + 1;
    }

    private int inside(int byteOffset) {
        return Math.max(0, Math.min(byteOffset, length - 1));
    }
}
