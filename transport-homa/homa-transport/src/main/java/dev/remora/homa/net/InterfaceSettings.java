package dev.remora.homa.net;

import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.homa.protocol.wire.IpParser;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link EthernetPort} has to know of its interface. Immutable; begin with {@link #of} and change with the methods
 * {@code with...}.
 *
 * @param mac of the interface
 * @param addresses ours: at most one of IPv4, any of IPv6 (one of them link-local: fe80::/10), 1 to 16 in all
 * @param gateway4 router for IPv4 addresses off the link, null for none
 * @param gateway6 the same for IPv6; may be link-local
 * @param neighbours MAC addresses that are never asked for
 * @param mtu largest IP packet in bytes, 0 for what the device says; a larger value than the device's counts as the device's
 * @param linkMbps rate in Mbit/s, 0 for what the device says
 * @param answers whether ARP, neighbour discovery and echo requests for our addresses are ours to answer: true when the kernel
 *     does not have these addresses (a PCI NIC, or an address of our own on a shared interface), false when it has and answers
 *     itself, since two answers confuse the neighbours
 * @param refuses whether packets for ports nobody listens on are answered with ICMP. Only right if this process has its
 *     addresses to itself: processes that share an interface would refuse each other's packets
 * @param verifiesChecksums of Homa packets that came as TCP or UDP, unless the device did it; false for peers whose kernel module
 *     is from before March 2026, which sent wrong ones
 * @param udpPort destination port of Homa behind UDP headers, both of what we send and of what we take; 0 to take none
 * @param tag of our frames
 */
public record InterfaceSettings(
        long mac,
        List<OwnAddress> addresses,
        @Nullable IpAddress gateway4,
        @Nullable IpAddress gateway6,
        Map<IpAddress, Long> neighbours,
        int mtu,
        int linkMbps,
        boolean answers,
        boolean refuses,
        boolean verifiesChecksums,
        int udpPort,
        VlanTag tag) {
    /** Most static neighbours. */
    public static final int MAX_NEIGHBOURS = 256;

    public InterfaceSettings {
        addresses = List.copyOf(addresses);
        neighbours = Map.copyOf(neighbours);
        if (!MacAddress.isUnicast(mac)) {
            throw new IllegalArgumentException(MacAddress.text(mac) + " cannot be the MAC address of an interface");
        }
        if (addresses.isEmpty() || addresses.size() > IpParser.MAX_OWN_ADDRESSES) {
            throw new IllegalArgumentException("an interface needs 1 to " + IpParser.MAX_OWN_ADDRESSES
                    + " addresses, not " + addresses.size() + ": give it one, such as 192.0.2.1/24");
        }
        if (addresses.stream().filter(own -> own.address().isIpv4()).count() > 1) {
            throw new IllegalArgumentException("more than one IPv4 address: " + addresses + "; leave one");
        }
        check("gateway4", gateway4, true);
        check("gateway6", gateway6, false);
        if (neighbours.size() > MAX_NEIGHBOURS) {
            throw new IllegalArgumentException(
                    neighbours.size() + " static neighbours are more than " + MAX_NEIGHBOURS);
        }
        neighbours.forEach((ip, of) -> {
            if (!ip.isUnicast() || !MacAddress.isUnicast(of)) {
                throw new IllegalArgumentException(
                        "static neighbour " + ip + " at " + MacAddress.text(of) + ": both must be of one host");
            }
        });
        if (mtu < 0 || (mtu > 0 && mtu < 576) || mtu > 65_535 || linkMbps < 0) {
            throw new IllegalArgumentException("mtu " + mtu + " (0, or 576 to 65535), link " + linkMbps + " Mbit/s");
        }
        if (udpPort < 0 || udpPort > 65_535) {
            throw new IllegalArgumentException("UDP port " + udpPort + " is outside 0 to 65535");
        }
    }

    private static void check(String name, @Nullable IpAddress gateway, boolean ipv4) {
        if (gateway != null && (gateway.isIpv4() != ipv4 || !gateway.isUnicast())) {
            throw new IllegalArgumentException(
                    name + " = " + gateway + " is not the address of an " + (ipv4 ? "IPv4" : "IPv6") + " host");
        }
    }

    /** For an interface of our own that the kernel does not know: everything is ours to answer. */
    public static InterfaceSettings of(long mac, OwnAddress... addresses) {
        return new InterfaceSettings(
                mac, List.of(addresses), null, null, Map.of(), 0, 0, true, true, true, 0, VlanTag.NONE);
    }

    /** For a gateway of either family. */
    public InterfaceSettings withGateway(IpAddress gateway) {
        boolean ipv4 = gateway.isIpv4();
        return new InterfaceSettings(
                mac,
                addresses,
                ipv4 ? gateway : gateway4,
                ipv4 ? gateway6 : gateway,
                neighbours,
                mtu,
                linkMbps,
                answers,
                refuses,
                verifiesChecksums,
                udpPort,
                tag);
    }

    public InterfaceSettings withNeighbours(Map<IpAddress, Long> known) {
        return new InterfaceSettings(
                mac,
                addresses,
                gateway4,
                gateway6,
                known,
                mtu,
                linkMbps,
                answers,
                refuses,
                verifiesChecksums,
                udpPort,
                tag);
    }

    public InterfaceSettings withLink(int mtuBytes, int mbps) {
        return new InterfaceSettings(
                mac,
                addresses,
                gateway4,
                gateway6,
                neighbours,
                mtuBytes,
                mbps,
                answers,
                refuses,
                verifiesChecksums,
                udpPort,
                tag);
    }

    /** For addresses that the kernel has too. */
    public InterfaceSettings answeredByKernel() {
        return answering(false, false);
    }

    public InterfaceSettings withRefuses(boolean on) {
        return answering(answers, on);
    }

    private InterfaceSettings answering(boolean answersAll, boolean refusesAll) {
        return new InterfaceSettings(
                mac,
                addresses,
                gateway4,
                gateway6,
                neighbours,
                mtu,
                linkMbps,
                answersAll,
                refusesAll,
                verifiesChecksums,
                udpPort,
                tag);
    }

    public InterfaceSettings withVerifiesChecksums(boolean on) {
        return wire(on, udpPort, tag);
    }

    public InterfaceSettings withUdpPort(int port) {
        return wire(verifiesChecksums, port, tag);
    }

    public InterfaceSettings withTag(VlanTag ours) {
        return wire(verifiesChecksums, udpPort, ours);
    }

    private InterfaceSettings wire(boolean verifies, int port, VlanTag ours) {
        return new InterfaceSettings(
                mac, addresses, gateway4, gateway6, neighbours, mtu, linkMbps, answers, refuses, verifies, port, ours);
    }
}
