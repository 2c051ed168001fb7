package dev.remora.homa.link.socket;

/** What a {@link PacketSocketQueue} counts since it was opened. */
public enum PacketSocketCounter {
    /** Frames the kernel took; one to be cut counts once. */
    SENT_FRAMES,
    /** Bytes of those, with their Ethernet headers. */
    SENT_BYTES,
    /** Times the kernel took no more frames for now; they stayed pending. */
    SEND_WAITS,
    /** Frames the kernel's queue in front of the NIC, or a firewall behind it, threw away. */
    SEND_DROPPED,
    /** Frames the kernel refused: longer than the MTU, or not well formed. */
    SEND_REFUSED,
    /** Frames thrown away since the interface was down or gone. */
    SEND_LINK_DOWN,
    /** Frames received; one that the sender's kernel or ours merged counts once. */
    RECEIVED_FRAMES,
    /** Bytes of those, with their Ethernet headers. */
    RECEIVED_BYTES,
    /** Frames that were too long for a buffer or shorter than an Ethernet header. */
    RECEIVE_MALFORMED,
    /** Times the kernel reported an error instead of frames, interfaces that went down not counted. */
    RECEIVE_ERRORS,
    /** Frames the kernel threw away since the receive buffer was full: read faster, or make it larger. */
    RECEIVE_OVERFLOW,
    /** Times the interface went down or away. */
    LINK_LOST
}
