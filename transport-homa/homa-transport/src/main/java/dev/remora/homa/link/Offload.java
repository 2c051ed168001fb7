package dev.remora.homa.link;

/** What a frame leaves to the device that sends it. */
public enum Offload {
    /** Nothing: the frame is ready for the wire. */
    NONE,
    /** The TCP checksum; its field holds what {@link FrameCapabilities#checksumSeed} says. */
    TCP_CHECKSUM,
    /** The UDP checksum; likewise. */
    UDP_CHECKSUM,
    /** Cutting into TCP segments, with their checksums; the field holds what {@link FrameCapabilities#segmentationSeed} says. */
    SEGMENTATION
}
