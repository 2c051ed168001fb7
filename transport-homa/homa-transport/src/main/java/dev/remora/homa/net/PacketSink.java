package dev.remora.homa.net;

import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;

/** Gets what a {@link PacketPort} received. All memory stays valid until {@link #onBurstEnd} returns. */
public interface PacketSink {
    /**
     * A Homa packet for us, checked by {@link dev.remora.homa.protocol.wire.IpParser}.
     *
     * @param packet valid during the call
     * @param contiguous bytes of the Homa packet that follow each other from {@link ParsedPacket#homaOffset} on;
     *     {@link ParsedPacket#homaLength} unless {@link #onMore} follows
     */
    void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous);

    /** More message bytes of the last DATA packet. The 64 bytes before {@code at} may be overwritten. */
    void onMore(MemorySegment memory, long at, int bytes);

    /** An ICMP error about a packet of ours. */
    void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int port);

    /**
     * A router says that packets of ours to a peer are too large for it.
     *
     * @param mtuBytes largest IP packet, as told; 0 if it was not
     */
    void onPathMtu(long peerHigh, long peerLow, int mtuBytes);

    void onBurstEnd();
}
