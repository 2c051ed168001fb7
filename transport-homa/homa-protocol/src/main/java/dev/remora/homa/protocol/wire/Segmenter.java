package dev.remora.homa.protocol.wire;

import java.lang.foreign.MemorySegment;

/**
 * Turns a unit - a DATA header and the message bytes it announces - into IP packets, or into one frame for a NIC to cut.
 *
 * <p>Cutting in software yields byte for byte what a NIC makes of the frame, so that simulator, tests and NICs without
 * segmentation all show a receiver the same thing. One call makes one packet, straight into the buffer it leaves in.
 *
 * <p>Which offset fields advance follows from the header given. With segment offset {@link HomaHeader#NO_OFFSET} the
 * sequence does, as in a frame cut as TCP. With data offset 13 only the segment offset does, as in a native frame.
 * Otherwise both do: packets that were never part of a frame, where both fields tell the truth.
 */
public final class Segmenter {
    private MemorySegment header = MemorySegment.NULL;
    private long headerAt;
    private MemorySegment lead = MemorySegment.NULL;
    private long leadAt;
    private int leadBytes;
    private MemorySegment payload = MemorySegment.NULL;
    private long payloadAt;
    private int length;
    private int segmentBytes;
    private int segments;

    private final int udpPort;

    private Encapsulation encapsulation = Encapsulation.TCP_HEADER;
    private int trafficClass;
    private int ipId;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;

    public Segmenter() {
        this(UdpHeader.DEFAULT_PORT);
    }

    /** @param udpPort destination of packets behind UDP headers */
    public Segmenter(int udpPort) {
        this.udpPort = udpPort;
    }

    /** Where the following units go. */
    public void route(
            Encapsulation encapsulation, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        this.encapsulation = encapsulation;
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
    }

    /**
     * Sets the unit to cut. Header and payload are read by the later calls and not kept beyond the next unit.
     *
     * @param trafficClass of the IP header, see {@link IpHeader#trafficClass}
     * @param ipId IPv4 id of the first packet; the others follow it
     * @param header 56 bytes of DATA header, for the first byte of the unit
     * @param segmentBytes data in a full packet
     */
    public void unit(
            int trafficClass,
            int ipId,
            MemorySegment header,
            long headerAt,
            MemorySegment payload,
            long payloadAt,
            int length,
            int segmentBytes) {
        if (length < 0 || segmentBytes < 1) {
            throw new IllegalArgumentException("length " + length + ", segment " + segmentBytes);
        }
        this.trafficClass = trafficClass;
        this.ipId = ipId;
        this.header = header;
        this.headerAt = headerAt;
        this.leadBytes = 0;
        this.payload = payload;
        this.payloadAt = payloadAt;
        this.length = length;
        this.segmentBytes = segmentBytes;
        // A unit without data is the announcement of a message: one packet.
        this.segments = length == 0 ? 1 : (length - 1) / segmentBytes + 1;
    }

    /**
     * Says that the first bytes of the unit just set are in a place of their own, and the payload what follows them.
     *
     * @param leadBytes of the unit's length; 0 for none
     */
    public void lead(MemorySegment lead, long leadAt, int leadBytes) {
        if (leadBytes < 0 || leadBytes > length) {
            throw new IllegalArgumentException("a lead of " + leadBytes + " bytes, of " + length);
        }
        this.lead = lead;
        this.leadAt = leadAt;
        this.leadBytes = leadBytes;
    }

    /** Packets in the unit. */
    public int segments() {
        return segments;
    }

    /** Writes packet {@code index} from its IP header on, and returns its length. */
    public int segment(int index, MemorySegment target, long at, ChecksumSeed seed) {
        if (index < 0 || index >= segments) {
            throw new IndexOutOfBoundsException(index);
        }
        int from = index * segmentBytes;
        int dataBytes = Math.min(segmentBytes, length - from);
        int homaLength = HomaHeader.DATA_BYTES + dataBytes;
        int outer = writeIp(target, at, homaLength, ipId + index) + encapsulation.outerBytes();
        long homa = at + outer;
        MemorySegment.copy(header, headerAt, target, homa, HomaHeader.DATA_BYTES);
        advance(target, homa, from);
        copyData(from, dataBytes, target, homa + HomaHeader.DATA_BYTES);
        writeChecksum(target, homa, homaLength, seed);
        return outer + homaLength;
    }

    /**
     * Writes a packet that is no DATA, from its IP header on, and returns its length.
     *
     * @param id of the IPv4 header
     * @param control the Homa packet, its checksum aside
     */
    public int control(
            int controlClass,
            int id,
            MemorySegment control,
            int controlLength,
            MemorySegment target,
            long at,
            ChecksumSeed seed) {
        trafficClass = controlClass;
        int outer = writeIp(target, at, controlLength, id) + encapsulation.outerBytes();
        MemorySegment.copy(control, 0, target, at + outer, controlLength);
        writeChecksum(target, at + outer, controlLength, seed);
        return outer + controlLength;
    }

    /**
     * Writes the whole unit as one frame, to be cut at {@link FrameSize#cutBytes}, and returns its length. The offset
     * fields and the data offset are those of such a frame whatever the header given says.
     */
    public int tsoFrame(MemorySegment target, long at, ChecksumSeed seed) {
        if (encapsulation == Encapsulation.UDP) {
            throw new IllegalStateException("nothing cuts frames behind UDP headers");
        }
        boolean tcp = encapsulation == Encapsulation.TCP_HEADER;
        int offsets = HomaHeader.DATA_BYTES - HomaHeader.NATIVE_REPLICATED_BYTES;
        int homaLength = HomaHeader.DATA_BYTES + length + (tcp ? 0 : (segments - 1) * offsets);
        int ip = writeTsoHeader(target, at, homaLength, seed);
        long to = at + ip + HomaHeader.DATA_BYTES;
        if (tcp) {
            copyData(0, length, target, to);
        } else {
            interleave(target, to, offsets);
        }
        if (seed == ChecksumSeed.COMPLETE) {
            writeChecksum(target, at + ip, homaLength, seed);
        }
        return ip + homaLength;
    }

    /**
     * Writes only the headers of a frame that is to be cut as TCP, for NICs that gather the data from where it is, and
     * returns their length. The checksum cannot be complete.
     */
    public int tsoHeader(MemorySegment target, long at, ChecksumSeed seed) {
        if (encapsulation != Encapsulation.TCP_HEADER || seed == ChecksumSeed.COMPLETE) {
            throw new IllegalStateException(encapsulation + ", " + seed);
        }
        return writeTsoHeader(target, at, HomaHeader.DATA_BYTES + length, seed) + HomaHeader.DATA_BYTES;
    }

    private int writeTsoHeader(MemorySegment target, long at, int homaLength, ChecksumSeed seed) {
        int ip = writeIp(target, at, homaLength, ipId);
        long homa = at + ip;
        MemorySegment.copy(header, headerAt, target, homa, HomaHeader.DATA_BYTES);
        int first = HomaHeader.dataOffset(header, headerAt);
        boolean tcp = encapsulation == Encapsulation.TCP_HEADER;
        HomaHeader.setSequence(target, homa, first);
        HomaHeader.setSegmentOffset(target, homa, tcp ? HomaHeader.NO_OFFSET : first);
        HomaHeader.setDoffWords(target, homa, tcp ? HomaHeader.DATA_WORDS : HomaHeader.NATIVE_SEGMENT_WORDS);
        if (seed != ChecksumSeed.COMPLETE) {
            writeChecksum(target, homa, homaLength, seed);
        }
        return ip;
    }

    /** Data of a native frame: the offset of every segment but the first stands before its data. */
    private void interleave(MemorySegment target, long start, int offsets) {
        int first = HomaHeader.dataOffset(header, headerAt);
        long to = start;
        for (int from = 0; from < length; from += segmentBytes) {
            if (from > 0) {
                HomaHeader.setSegmentOffset(target, to - HomaHeader.NATIVE_REPLICATED_BYTES, first + from);
                to += offsets;
            }
            int dataBytes = Math.min(segmentBytes, length - from);
            copyData(from, dataBytes, target, to);
            to += dataBytes;
        }
    }

    private void copyData(int from, int bytes, MemorySegment target, long to) {
        int fromLead = Math.clamp(leadBytes - from, 0, bytes);
        if (fromLead > 0) {
            MemorySegment.copy(lead, leadAt + from, target, to, fromLead);
        }
        MemorySegment.copy(payload, payloadAt + from + fromLead - leadBytes, target, to + fromLead, bytes - fromLead);
    }

    private static void advance(MemorySegment target, long homa, int by) {
        int segmentOffset = HomaHeader.segmentOffset(target, homa);
        if (segmentOffset != HomaHeader.NO_OFFSET) {
            HomaHeader.setSegmentOffset(target, homa, segmentOffset + by);
            if (HomaHeader.doffWords(target, homa) == HomaHeader.NATIVE_SEGMENT_WORDS) {
                return;
            }
        }
        HomaHeader.setSequence(target, homa, HomaHeader.sequence(target, homa) + by);
    }

    /** Returns the length of the IP header. */
    private int writeIp(MemorySegment target, long at, int homaLength, int id) {
        boolean ipv6 = !IpHeader.isIpv4(destinationHigh, destinationLow);
        int length = encapsulation.outerBytes() + homaLength;
        if (length > FrameSize.maxPayload(ipv6)) {
            throw new IllegalArgumentException(length + " bytes do not fit into an IP packet");
        }
        return IpHeader.write(
                target,
                at,
                trafficClass,
                length,
                id,
                encapsulation.ipProtocol(),
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow);
    }

    private void writeChecksum(MemorySegment target, long homa, int homaLength, ChecksumSeed seed) {
        boolean udp = encapsulation == Encapsulation.UDP;
        int length = encapsulation.outerBytes() + homaLength;
        long pseudoHeader = Checksum.pseudoHeader(
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow,
                udp ? HomaHeader.PROTOCOL_UDP : HomaHeader.PROTOCOL_TCP,
                seed == ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH ? 0 : length);
        if (udp) {
            UdpHeader.write(target, homa - UdpHeader.BYTES, udpPort, homaLength, pseudoHeader, seed);
        } else if (seed == ChecksumSeed.COMPLETE) {
            HomaHeader.setChecksum(target, homa, Checksum.homa(target, homa, homaLength, pseudoHeader));
        } else {
            HomaHeader.setChecksum(target, homa, Checksum.fold(pseudoHeader));
        }
    }
}
