package dev.remora.homa.link;

import dev.remora.homa.protocol.wire.ChecksumSeed;

/**
 * What a queue of frames can do.
 *
 * @param mtu largest IP packet on the wire, in bytes
 * @param maxFrameBytes largest frame that may be reserved, Ethernet header included; more than mtu + 14 with segmentation
 * @param tcpChecksum {@link Offload#TCP_CHECKSUM} is offered
 * @param udpChecksum {@link Offload#UDP_CHECKSUM} is offered
 * @param segmentation {@link Offload#SEGMENTATION} is offered
 * @param checksumSeed what the checksum field holds with {@link Offload#TCP_CHECKSUM} and {@link Offload#UDP_CHECKSUM}
 * @param segmentationSeed what the checksum field holds with {@link Offload#SEGMENTATION}
 * @param linkMbps rate of the link in Mbit/s; 0 when the device does not know it
 */
public record FrameCapabilities(
        int mtu,
        int maxFrameBytes,
        boolean tcpChecksum,
        boolean udpChecksum,
        boolean segmentation,
        ChecksumSeed checksumSeed,
        ChecksumSeed segmentationSeed,
        int linkMbps) {}
