package dev.remora.homa.protocol;

import java.lang.foreign.MemorySegment;

/**
 * One thing for the link to send, filled by {@link HomaEndpoint#pollTransmit}: a header and, for DATA, up to N segments of
 * {@link #segmentBytes} bytes of a message. Cutting it (by a NIC or in software) is the link's business; both ways give the
 * same packets. The checksum of the header is left zero. The payload is the application's own memory, borrowed until the
 * event that ends the RPC has been polled.
 */
public final class TransmitUnit {
    private static final int MAX_HEADER_BYTES = 90;
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    /** Destination; IPv4 as ::ffff:a.b.c.d. */
    public long peerHigh;

    public long peerLow;
    /** Priority level 0..7, 7 the most urgent. */
    public int level;
    /** Packet type, a code of {@link dev.remora.homa.protocol.wire.HomaHeader}. */
    public int type;
    /** The Homa header, {@link #headerLength} bytes. */
    public final MemorySegment header = MemorySegment.ofArray(new byte[MAX_HEADER_BYTES]);

    public int headerLength;
    /** Holds the first bytes of the payload, those of a message whose beginning is not where the rest is. */
    public MemorySegment lead = NOTHING;

    public long leadOffset;
    /** Bytes of payload in {@link #lead}; mostly 0. */
    public int leadBytes;
    /** Holds the bytes of payload that follow the lead. */
    public MemorySegment payload = NOTHING;

    public long payloadOffset;
    /** Bytes of payload, those of the lead included; 0 for control packets. */
    public int payloadLength;
    /** Bytes of payload in each packet but the last. */
    public int segmentBytes;
    /** Message offset of the first byte of the payload. */
    public int messageOffset;

    public boolean retransmission;

    /** Number of packets this unit becomes on the wire. */
    public int segments() {
        return payloadLength == 0 ? 1 : (payloadLength + segmentBytes - 1) / segmentBytes;
    }

    /** Copies a range of the payload. */
    public void copyPayload(int from, int bytes, MemorySegment target, long at) {
        int fromLead = Math.clamp(leadBytes - from, 0, bytes);
        if (fromLead > 0) {
            MemorySegment.copy(lead, leadOffset + from, target, at, fromLead);
        }
        MemorySegment.copy(
                payload, payloadOffset + from + fromLead - leadBytes, target, at + fromLead, bytes - fromLead);
    }

    void noPayload() {
        lead = NOTHING;
        leadOffset = 0;
        leadBytes = 0;
        payload = NOTHING;
        payloadOffset = 0;
        payloadLength = 0;
        segmentBytes = 0;
        messageOffset = 0;
        retransmission = false;
    }
}
