package dev.remora.homa.protocol.wire;

/** What the checksum field of a packet holds when it is handed on. */
public enum ChecksumSeed {
    /** The checksum: nobody has to touch the packet any more. */
    COMPLETE,

    /** The sum of the pseudo header: for single packets everywhere, and for frames to be cut under Linux. */
    PSEUDO_HEADER,

    /** The same without the length: for frames to be cut by DPDK's drivers. */
    PSEUDO_HEADER_WITHOUT_LENGTH
}
