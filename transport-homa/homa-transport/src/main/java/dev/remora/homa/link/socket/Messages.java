package dev.remora.homa.link.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The array of struct mmsghdr by which one call sends or receives many frames, each with one buffer of its own: a
 * {@link VnetHeader} and the frame behind it. Set up once, as the kernel changes nothing in it but the results.
 */
final class Messages {
    /** Frames that one call may move. */
    static final int COUNT = 32;

    /** Of the Ethernet header in a buffer; so the IP header is at a multiple of 16. */
    static final int FRAME_AT = 18;

    /** Of the virtio header in a buffer. */
    static final int HEADER_AT = FRAME_AT - Abi.VIRTIO_NET_HDR_BYTES;

    /** One buffer: room for the longest IP packet. */
    static final int BUFFER_BYTES = 66 * 1024;

    private static final long TABLE_BYTES = (long) COUNT * (Abi.MMSGHDR_BYTES + Abi.IOVEC_BYTES);

    /** Memory for all. */
    static final long BYTES = TABLE_BYTES + (long) COUNT * BUFFER_BYTES;

    private final MemorySegment memory;
    private final long headers;
    private final long vectors;
    private final long buffers;

    /**
     * @param memory zeros
     * @param at where {@link #BYTES} are for this
     */
    Messages(MemorySegment memory, long at) {
        this.memory = memory;
        headers = at;
        vectors = at + (long) COUNT * Abi.MMSGHDR_BYTES;
        buffers = at + TABLE_BYTES;
        for (int i = 0; i < COUNT; i++) {
            long header = headers + (long) i * Abi.MMSGHDR_BYTES;
            long vector = vectors + (long) i * Abi.IOVEC_BYTES;
            memory.set(JAVA_LONG_UNALIGNED, header + Abi.MMSGHDR__IOV, memory.address() + vector);
            memory.set(JAVA_LONG_UNALIGNED, header + Abi.MMSGHDR__IOVLEN, 1);
            memory.set(
                    JAVA_LONG_UNALIGNED,
                    vector + Abi.IOVEC__BASE,
                    memory.address() + frameAt(i) - Abi.VIRTIO_NET_HDR_BYTES);
            setFrameBytes(i, BUFFER_BYTES - FRAME_AT);
        }
    }

    /** Offset in the memory of frame i. */
    long frameAt(int i) {
        return buffers + (long) i * BUFFER_BYTES + FRAME_AT;
    }

    /** Bytes of frame i to send, or room for it. */
    void setFrameBytes(int i, int bytes) {
        long vector = vectors + (long) i * Abi.IOVEC_BYTES;
        memory.set(JAVA_LONG_UNALIGNED, vector + Abi.IOVEC__LEN, (long) Abi.VIRTIO_NET_HDR_BYTES + bytes);
    }

    /** As set before. */
    int frameBytes(int i) {
        long vector = vectors + (long) i * Abi.IOVEC_BYTES;
        return (int) memory.get(JAVA_LONG_UNALIGNED, vector + Abi.IOVEC__LEN) - Abi.VIRTIO_NET_HDR_BYTES;
    }

    /** Bytes of the frame that the kernel has put there. */
    int receivedBytes(int i) {
        long header = headers + (long) i * Abi.MMSGHDR_BYTES;
        return memory.get(JAVA_INT_UNALIGNED, header + Abi.MMSGHDR__LEN) - Abi.VIRTIO_NET_HDR_BYTES;
    }

    /** Whether it was longer than the room for it. */
    boolean truncated(int i) {
        long header = headers + (long) i * Abi.MMSGHDR_BYTES;
        return (memory.get(JAVA_INT_UNALIGNED, header + Abi.MMSGHDR__FLAGS) & Abi.MSG_TRUNC) != 0;
    }

    /** Address of the struct of frame i, for the kernel. */
    long address(int i) {
        return memory.address() + headers + (long) i * Abi.MMSGHDR_BYTES;
    }
}
