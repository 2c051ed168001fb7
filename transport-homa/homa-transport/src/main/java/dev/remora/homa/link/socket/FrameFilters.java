package dev.remora.homa.link.socket;

import dev.remora.homa.link.socket.SocketProgram.Label;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.UdpHeader;

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

    /** Drops all. */
    static SocketProgram nothing() {
        return new SocketProgram().giveBack(0);
    }

    /**
     * ARP, ICMP, ICMPv6, IP protocol 146, TCP with the flags SYN and RST and no other, and UDP for Homa's port. Not: frames of
     * ours on their way out, frames for other stations on a promiscuous interface, and those of another VLAN, whose tag the
     * kernel has taken away and which belong to another interface; VLAN 0 only carries a priority.
     *
     * @param udpPort destination port of Homa behind UDP headers; 0 for none
     * @param vlan the VLAN that our frames are in; 0 for none
     */
    static SocketProgram ours(int udpPort, int vlan) {
        SocketProgram program = new SocketProgram()
                .loadByte(Abi.SKF_AD_OFF + Abi.SKF_AD_PKTTYPE)
                .ifAtLeast(Abi.PACKET_OTHERHOST, Label.DROP, Label.NEXT)
                .loadByte(Abi.SKF_AD_OFF + Abi.SKF_AD_VLAN_TAG_PRESENT)
                .ifEqual(0, vlan == 0 ? Label.OUR_VLAN : Label.DROP, Label.NEXT)
                .loadHalf(Abi.SKF_AD_OFF + Abi.SKF_AD_VLAN_TAG)
                .and(VLAN_ID_BITS)
                .ifEqual(vlan, Label.NEXT, Label.DROP)
                .mark(Label.OUR_VLAN)
                .loadHalf(ETHERTYPE_AT)
                .ifEqual(Abi.ETH_P_IP, Label.IPV4, Label.NEXT)
                .ifEqual(Abi.ETH_P_IPV6, Label.IPV6, Label.NEXT)
                .ifEqual(Abi.ETH_P_ARP, Label.PASS, Label.DROP)
                .mark(Label.IPV4)
                .loadByte(IP_AT + 9)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.TCP_IN_IPV4, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_UDP, Label.UDP_IN_IPV4, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PASS, Label.NEXT)
                .ifEqual(ICMP, Label.PASS, Label.DROP)
                .mark(Label.TCP_IN_IPV4);
        plainIpv4(program)
                .loadByte(IP_AT + 20 + 13)
                .ifEqual(HomaHeader.FLAGS, Label.PASS, Label.DROP)
                .mark(Label.UDP_IN_IPV4);
        udpPort(plainIpv4(program), IP_AT + 20 + 2, udpPort)
                .mark(Label.IPV6)
                .loadByte(IP_AT + 6)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.TCP_IN_IPV6, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_UDP, Label.UDP_IN_IPV6, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PASS, Label.NEXT)
                .ifEqual(ICMPV6, Label.PASS, Label.DROP)
                .mark(Label.TCP_IN_IPV6)
                .loadByte(IP_AT + 40 + 13)
                .ifEqual(HomaHeader.FLAGS, Label.PASS, Label.DROP)
                .mark(Label.UDP_IN_IPV6);
        return udpPort(program, IP_AT + 40 + 2, udpPort)
                .mark(Label.DROP)
                .giveBack(0)
                .mark(Label.PASS)
                .giveBack(WHOLE);
    }

    /** Drops IPv4 with options and fragments. */
    private static SocketProgram plainIpv4(SocketProgram program) {
        return program.loadByte(IP_AT)
                .ifEqual(PLAIN_IPV4, Label.NEXT, Label.DROP)
                .loadHalf(IP_AT + 6)
                .ifBits(FRAGMENT_BITS, Label.DROP, Label.NEXT);
    }

    /** Passes what is for our port. Nothing is for port 0. */
    private static SocketProgram udpPort(SocketProgram program, int at, int port) {
        return port == 0 ? program.giveBack(0) : program.loadHalf(at).ifEqual(port, Label.PASS, Label.DROP);
    }

    /**
     * Number of the socket for a frame: the client's port in the Homa header, of which the kernel takes the remainder by the number of sockets;
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
                .ifEqual(HomaHeader.PROTOCOL_UDP, Label.UDP_IN_IPV4, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PORTS_IN_IPV4, Label.DROP)
                .mark(Label.UDP_IN_IPV4)
                .loadHalf(ip + 20 + UdpHeader.BYTES + 2)
                .ifBits(CLIENT_PORT_BIT, Label.PASS, Label.NEXT)
                .loadHalf(ip + 20 + UdpHeader.BYTES)
                .giveBackAccumulator()
                .mark(Label.PORTS_IN_IPV4)
                .loadHalf(ip + 20 + 2)
                .ifBits(CLIENT_PORT_BIT, Label.PASS, Label.NEXT)
                .loadHalf(ip + 20)
                .giveBackAccumulator()
                .mark(Label.IPV6)
                .loadByte(ip + 6)
                .ifEqual(HomaHeader.PROTOCOL_TCP, Label.PORTS_IN_IPV6, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_UDP, Label.UDP_IN_IPV6, Label.NEXT)
                .ifEqual(HomaHeader.PROTOCOL_HOMA, Label.PORTS_IN_IPV6, Label.DROP)
                .mark(Label.UDP_IN_IPV6)
                .loadHalf(ip + 40 + UdpHeader.BYTES + 2)
                .ifBits(CLIENT_PORT_BIT, Label.PASS, Label.NEXT)
                .loadHalf(ip + 40 + UdpHeader.BYTES)
                .giveBackAccumulator()
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
