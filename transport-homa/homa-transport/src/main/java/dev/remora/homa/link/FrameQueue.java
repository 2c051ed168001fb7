package dev.remora.homa.link;

import dev.remora.spi.TransportMetric;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One queue pair of something that carries Ethernet frames. One thread at a time: the first that uses it owns it until it
 * calls {@link #release}; implementations throw {@link IllegalStateException} for others.
 *
 * <p>To send: {@link #reserve} a place, write the frame there, {@link #commit} it; {@link #flush} hands all committed frames to
 * the device. Nothing is allocated per frame.
 */
public interface FrameQueue extends AutoCloseable {
    /** Returned by {@link #reserve}: the device and the queue in front of it are full. */
    long NO_ROOM = -1;

    /** What it can do; does not change. */
    FrameCapabilities capabilities();

    /** Where reserved places are; the same segment at every call, of a scope that outlives the queue's use. */
    MemorySegment memory();

    /**
     * A place for a frame. Only one is reserved at a time: another call before the commit gives the same place up.
     *
     * @param bytes of the frame, from the Ethernet header on, at most {@link FrameCapabilities#maxFrameBytes}
     * @return offset in {@link #memory()}, or {@link #NO_ROOM}: flush, and come again later
     */
    long reserve(int bytes);

    /**
     * The frame at the reserved place is complete.
     *
     * @param bytes its length, at most what was reserved
     * @param offload what is left to the device
     * @param l3Bytes length of the IP header behind Ethernet's (14 bytes, 18 with an 802.1Q tag); only used with an offload
     * @param segmentBytes TCP payload of each packet it is cut into; only used with {@link Offload#SEGMENTATION}
     */
    void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes);

    /** Hands what was committed to the device. What does not fit stays for the next time; never waits. */
    void flush();

    /** Committed frames that the device has not taken yet. */
    int pending();

    /**
     * Takes a burst of frames (32 or so) that are there; never waits. Calls the sink for each, then once
     * {@link FrameSink#onBurstEnd}, and takes the memory back. What came right after a burst may be left for the call after the
     * next.
     *
     * @return frames taken
     */
    int receive(FrameSink sink);

    /** Times the device took no more frames, or threw some away since it was full; only grows. For any thread. */
    default long fullCount() {
        return 0;
    }

    /** Bytes that the device has taken and not sent yet, roughly; 0 if it does not tell. Costs a system call. */
    default long backlogBytes() {
        return 0;
    }

    /**
     * What it counts, for any thread.
     *
     * @param prefix of all names, with the dot at its end
     */
    default List<TransportMetric> metrics(String prefix) {
        return List.of();
    }

    /** Lets another thread own the queue. Only for the owner, or when there is none. */
    void release();

    /**
     * Makes the calling thread the owner, whoever was before: for callers with a lock of their own, by which the former owner
     * has ceased to use the queue before this call. What is reserved or committed stays so.
     */
    void takeOver();

    /** Gives everything back. By the owner, or when there is none; once. */
    @Override
    void close();
}
