package dev.remora.homa.link.socket;

import dev.remora.homa.link.socket.SocketProgram.Label;
import dev.remora.homa.protocol.wire.HomaHeader;

/**
 * Which frames a socket gets, and which of several sockets gets them. The kernel sees all frames as before: what is
 * dropped here is dropped for this socket alone, without waking anybody.
 */
final class FrameFilters {
    private static final int ETHERTYPE_AT = 12;
    private static final int IP_AT = 14;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    /** IPv4 without options; our parser refuses those with. */
    private static final int PLAIN_IPV4 = 0x45;

    /** Fragment offset and "more follow". */
    private static final int FRAGMENT_BITS = 0x3fff;

    private static final int VLAN_ID_BITS = 0x0fff;

    /** Ports of clients begin here. */
    private static final int CLIENT_PORT_BIT = 0x8000;

    /** More than any frame. */
    private static final int WHOLE = 0x40000;

    private FrameFilters() {}

    /**
     * ARP, ICMP, ICMPv6, IP protocol 146, and TCP with the flags SYN and RST and no other. Not: frames of ours on their way
     * out, frames for other stations on a promiscuous interface, and those of a VLAN, whose tag the kernel has taken away
     * and which belong to another interface; VLAN 0 only carries a priority.
     */
    static SocketProgram ours() {
        return new SocketProgram()
                .loadByte(Abi.SKF_AD_OFF + Abi.SKF_AD_PKTTYPE)
                .ifAtLeast(Abi.PACKET_OTHERHOST, Label.DROP, Label.NEXT)
                .loadByte(Abi.SKF_AD_OFF + Abi.SKF_AD_VLAN_TAG_PRESENT)
                .ifEqual(0, Label.UNTAGGED, Label.NEXT)
                .loadHalf(Abi.SKF_AD_OFF + Abi.SKF_AD_VLAN_TAG)
                .ifBits(VLAN_ID_BITS, Label.DROP, Label.NEXT)
                .mark(Label.UNTAGGED)
                .loadHalf(ETHERTYPE_AT)
                .ifEqual(Abi.ETH_P_IP, Label.IPV4, Label.NEXT)
                .ifEqual(Abi.ETH_P_IPV6, Label.IPV6, Label.NEXT)
                .ifEqual(Abi.ETH_P_ARP, Label.PASS, Label.DROP)
                .mark(Label.IPV4)
                .loadByte(IP_AT + 9)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.TCP_IN_IPV4, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PASS, Label.NEXT)
                .ifEqual(ICMP, Label.PASS, Label.DROP)
                .mark(Label.TCP_IN_IPV4)
                .loadByte(IP_AT)
                .ifEqual(PLAIN_IPV4, Label.NEXT, Label.DROP)
                .loadHalf(IP_AT + 6)
                .ifBits(FRAGMENT_BITS, Label.DROP, Label.NEXT)
                .loadByte(IP_AT + 20 + 13)
                .ifEqual(HomaHeader.FLAGS, Label.PASS, Label.DROP)
                .mark(Label.IPV6)
                .loadByte(IP_AT + 6)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.TCP_IN_IPV6, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PASS, Label.NEXT)
                .ifEqual(ICMPV6, Label.PASS, Label.DROP)
                .mark(Label.TCP_IN_IPV6)
                .loadByte(IP_AT + 40 + 13)
                .ifEqual(HomaHeader.FLAGS, Label.PASS, Label.DROP)
                .mark(Label.DROP)
                .giveBack(0)
                .mark(Label.PASS)
                .giveBack(WHOLE);
    }

    /**
     * Number of the socket for a frame: the client's port, of which the kernel takes the remainder by the number of sockets;
     * 0 for all that has no ports. Counted from the IP header, as the kernel calls this one with the Ethernet header taken
     * off.
     */
    static SocketProgram byClientPort() {
        int ip = Abi.SKF_NET_OFF;
        return new SocketProgram()
                .loadByte(ip)
                .and(0xf0)
                .ifEqual(0x40, Label.IPV4, Label.NEXT)
                .ifEqual(0x60, Label.IPV6, Label.DROP)
                .mark(Label.IPV4)
                .loadByte(ip + 9)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.PORTS_IN_IPV4, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PORTS_IN_IPV4, Label.DROP)
                .mark(Label.PORTS_IN_IPV4)
                .loadHalf(ip + 20 + 2)
                .ifBits(CLIENT_PORT_BIT, Label.PASS, Label.NEXT)
                .loadHalf(ip + 20)
                .giveBackAccumulator()
                .mark(Label.IPV6)
                .loadByte(ip + 6)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.PORTS_IN_IPV6, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PORTS_IN_IPV6, Label.DROP)
                .mark(Label.PORTS_IN_IPV6)
                .loadHalf(ip + 40 + 2)
                .ifBits(CLIENT_PORT_BIT, Label.PASS, Label.NEXT)
                .loadHalf(ip + 40)
                .mark(Label.PASS)
                .giveBackAccumulator()
                .mark(Label.DROP)
                .giveBack(0);
    }
}
