package dev.remora.homa.host;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.FrameSink;
import dev.remora.homa.link.Offload;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a transport sends to itself: frames in a ring of memory, received by the thread that sent them. Frames that a device
 * would cut stay whole, as between processes.
 */
final class OwnLoop implements FrameQueue {
    private static final int PLACES = 64;
    private static final int BURST = 32;
    /** In front of each frame there is room that the receiver may overwrite. */
    private static final int HEADROOM = 64;

    private final FrameCapabilities capabilities;
    private final MemorySegment memory;
    private final long placeBytes;
    private final int[] lengths = new int[PLACES];
    /** Frames committed, flushed and received so far; places are these numbers modulo their count. */
    private long committed;

    private long flushed;
    private long received;
    private int reservedBytes;

    OwnLoop(FrameCapabilities capabilities) {
        this.capabilities = capabilities;
        placeBytes = (HEADROOM + capabilities.maxFrameBytes() + 63L) / 64 * 64;
        // Untouched pages cost nothing. Freed when nobody refers to it any more.
        memory = Arena.ofAuto().allocate(placeBytes * PLACES, 64);
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public long reserve(int bytes) {
        if (bytes < 0 || bytes > capabilities.maxFrameBytes()) {
            throw new IllegalArgumentException(
                    "a frame of " + bytes + " bytes; at most " + capabilities.maxFrameBytes() + " are possible");
        }
        if (committed - received == PLACES) {
            reservedBytes = -1;
            return NO_ROOM;
        }
        reservedBytes = bytes;
        return place(committed);
    }

    @Override
    public void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {
        if (bytes < 0 || bytes > reservedBytes) {
            throw new IllegalStateException(bytes + " bytes committed, " + reservedBytes + " reserved");
        }
        lengths[(int) (committed % PLACES)] = bytes;
        committed++;
        reservedBytes = -1;
    }

    @Override
    public void flush() {
        flushed = committed;
    }

    @Override
    public int pending() {
        return (int) (committed - flushed);
    }

    @Override
    public int receive(FrameSink sink) {
        int count = (int) Math.min(flushed - received, BURST);
        if (count == 0) {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            int bytes = lengths[(int) ((received + i) % PLACES)];
            sink.onFrame(memory, place(received + i), bytes, bytes, true);
        }
        sink.onBurstEnd();
        // Only now: answers written meanwhile must not fall on what is being read.
        received += count;
        return count;
    }

    private long place(long number) {
        return number % PLACES * placeBytes + HEADROOM;
    }

    @Override
    public void release() {
        // Memory has no owner; the port that it is part of has one.
    }

    @Override
    public void takeOver() {
        // As before.
    }

    @Override
    public void close() {
        received = flushed = committed;
    }
}
