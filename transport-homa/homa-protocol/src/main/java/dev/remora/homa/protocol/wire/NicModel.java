package dev.remora.homa.protocol.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * A NIC that cuts frames, as far as bytes go. It knows TCP and nothing of Homa: the length of the replicated header is
 * the data offset, and the checksum is completed from what the sender left in its field, so that a wrong seed or data
 * offset shows up as wrong packets.
 *
 * <p>The rules are those of Linux' segmentation, which NICs are built to follow. Frames of protocol 146 are cut too, as
 * NVIDIA's NICs do; there the sequence is copied unchanged.
 */
public final class NicModel {
    private static final int FLAGS_AT = 13;

    /** Flags only the last segment keeps. */
    private static final int FIN_PSH = 0x09;

    /** The flag only the first segment keeps. */
    private static final int CWR = 0x80;

    private final ChecksumSeed seed;

    /** @param seed what this NIC expects in the checksum field of a frame */
    public NicModel(ChecksumSeed seed) {
        if (seed == ChecksumSeed.COMPLETE) {
            throw new IllegalArgumentException("a frame to be cut cannot have its checksum yet");
        }
        this.seed = seed;
    }

    /** Packets the frame, which starts with its IP header, is cut into. */
    public static int segments(MemorySegment frame, long at, int mss) {
        int payload = homaBytes(frame, at) - replicatedBytes(frame, at);
        return payload <= mss ? 1 : (payload - 1) / mss + 1;
    }

    /** Writes packet {@code index} of the frame and returns its length. */
    public int cut(MemorySegment frame, long at, int mss, int index, MemorySegment target, long targetAt) {
        int segments = segments(frame, at, mss);
        if (index < 0 || index >= segments) {
            throw new IndexOutOfBoundsException(index);
        }
        int ip = ipBytes(frame, at);
        int replicated = replicatedBytes(frame, at);
        int homaBytes = homaBytes(frame, at);
        int from = index * mss;
        int payload = Math.min(mss, homaBytes - replicated - from);
        int packetBytes = replicated + payload;

        MemorySegment.copy(frame, at, target, targetAt, ip + replicated);
        MemorySegment.copy(frame, at + ip + replicated + from, target, targetAt + ip + replicated, payload);
        boolean ipv4 = IpHeader.version(frame, at) == 4;
        IpHeader.setLength(target, targetAt, packetBytes, ipv4 ? IpHeader.ipv4Id(frame, at) + index : 0);

        long homa = targetAt + ip;
        int flags = flags(HomaHeader.flags(frame, at + ip), index == 0, index == segments - 1);
        target.set(JAVA_BYTE, homa + FLAGS_AT, (byte) flags);
        if (IpHeader.protocol(frame, at) == HomaHeader.PROTOCOL_TCP) {
            HomaHeader.setSequence(target, homa, HomaHeader.sequence(frame, at + ip) + from);
        }
        completeChecksum(target, homa, packetBytes, homaBytes);
        return ip + packetBytes;
    }

    /** The flags of one of the packets of a frame with the flags given. */
    static int flags(int flags, boolean first, boolean last) {
        int kept = last ? flags : flags & ~FIN_PSH;
        return first ? kept : kept & ~CWR;
    }

    private void completeChecksum(MemorySegment target, long homa, int packetBytes, int frameBytes) {
        long sum = HomaHeader.checksum(target, homa);
        if (seed == ChecksumSeed.PSEUDO_HEADER) {
            // One's complement: subtracting is adding the complement.
            sum += ~frameBytes & 0xFFFF;
        }
        HomaHeader.setChecksum(target, homa, Checksum.homa(target, homa, packetBytes, sum + packetBytes));
    }

    private static int ipBytes(MemorySegment frame, long at) {
        return IpHeader.headerBytes(IpHeader.version(frame, at) == 6);
    }

    private static int homaBytes(MemorySegment frame, long at) {
        return IpHeader.version(frame, at) == 6
                ? IpHeader.ipv6PayloadLength(frame, at)
                : IpHeader.ipv4TotalLength(frame, at) - IpHeader.IPV4_BYTES;
    }

    private static int replicatedBytes(MemorySegment frame, long at) {
        return 4 * HomaHeader.doffWords(frame, at + ipBytes(frame, at));
    }
}
