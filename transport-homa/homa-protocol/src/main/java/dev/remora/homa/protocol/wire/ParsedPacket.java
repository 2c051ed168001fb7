package dev.remora.homa.protocol.wire;

import java.lang.foreign.MemorySegment;

/** What {@link IpParser} found out about a packet. Reused for every packet; valid until the next one is parsed. */
public final class ParsedPacket {
    /** What the packet is, or why it is none. Everything but {@link #HOMA} and {@link #ICMP} is counted and dropped. */
    public enum Verdict {
        /** A Homa packet as long as its type demands, native, as TCP or behind a UDP header. */
        HOMA,
        /** An ICMP message, unchecked; offset and length are those of the message. */
        ICMP,
        /** Another protocol, or real TCP or UDP: for whoever else listens on this NIC. */
        NOT_HOMA,
        /** Neither IPv4 nor IPv6. */
        NOT_IP,
        /** Homa for an address that is not the parser's. */
        NOT_OURS,
        /** The lengths in the IP header contradict each other or the frame. */
        BAD_LENGTH,
        BAD_HEADER_CHECKSUM,
        FRAGMENT,
        /** IPv4 options or IPv6 extension headers, which Homa is never sent with. */
        OPTIONS,
        /** Multicast, broadcast, no address at all, or one of the parser's own as source. */
        BAD_ADDRESS,
        BAD_TYPE,
        /** Shorter than the header of its type. */
        SHORT,
        BAD_HOMA_CHECKSUM,
        /** DATA with bytes at or beyond the end of the message, such as two packets that a NIC merged into one. */
        BEYOND_MESSAGE
    }

    Verdict verdict = Verdict.NOT_IP;
    long homaOffset;
    int homaLength;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    Encapsulation encapsulation = Encapsulation.HOMA;
    boolean ipv6;
    int level;

    public Verdict verdict() {
        return verdict;
    }

    /** Where in the segment the Homa header, or the ICMP message, starts. */
    public long homaOffset() {
        return homaOffset;
    }

    /** Header and data, by the IP header; without padding of the frame. */
    public int homaLength() {
        return homaLength;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** Whether the packet came as TCP. */
    public boolean hijacked() {
        return encapsulation == Encapsulation.TCP_HEADER;
    }

    public Encapsulation encapsulation() {
        return encapsulation;
    }

    /** Whether its checksum means something: that of native packets is anything. */
    public boolean hasChecksum() {
        return encapsulation != Encapsulation.HOMA;
    }

    /** Whether the sender left it out, which UDP allows and Homa does not. */
    public boolean lacksChecksum(MemorySegment frame) {
        return encapsulation == Encapsulation.UDP && UdpHeader.checksum(frame, payloadOffset()) == 0;
    }

    /** Where what lies behind the IP header starts: the Homa header, or the UDP header before it. */
    public long payloadOffset() {
        return homaOffset - encapsulation.outerBytes();
    }

    /** Length of what lies behind the IP header. */
    public int payloadLength() {
        return homaLength + encapsulation.outerBytes();
    }

    /** Sum of the pseudo header for the checksum of TCP or UDP. */
    public long pseudoHeader() {
        int protocol = encapsulation == Encapsulation.UDP ? HomaHeader.PROTOCOL_UDP : HomaHeader.PROTOCOL_TCP;
        return Checksum.pseudoHeader(sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, payloadLength());
    }

    public boolean ipv6() {
        return ipv6;
    }

    /** The level the traffic class stands for. Only for statistics: the network may have changed it. */
    public int level() {
        return level;
    }
}
