package dev.remora.homa.link;

import java.lang.foreign.MemorySegment;

/** Gets received frames. All memory stays valid until {@link #onBurstEnd} returns. */
public interface FrameSink {
    /**
     * A frame, or the beginning of one that lies in several pieces.
     *
     * @param memory where it is
     * @param at offset of its Ethernet header
     * @param bytes in this piece; all headers are in it
     * @param frameBytes of the whole frame; {@code bytes} unless {@link #onMore} follows
     * @param checksumKnownGood TCP checksums need not be verified: the device did, or the frame never left this machine
     */
    void onFrame(MemorySegment memory, long at, int bytes, int frameBytes, boolean checksumKnownGood);

    /** The next piece of the same frame. The 64 bytes before {@code at} may be overwritten. */
    void onMore(MemorySegment memory, long at, int bytes);

    /** The burst is over, and its memory goes. */
    void onBurstEnd();
}
