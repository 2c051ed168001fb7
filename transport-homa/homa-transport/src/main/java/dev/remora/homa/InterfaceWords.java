package dev.remora.homa;

import dev.remora.homa.link.socket.InterfaceFacts;
import dev.remora.homa.net.InterfaceSettings;
import dev.remora.homa.net.OwnAddress;
import dev.remora.homa.net.VlanTag;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about an interface's addresses, read and checked.
 *
 * @param addresses empty for the kernel's
 * @param answer yes, no or auto
 * @param refuse yes, no or auto
 * @param mtu 0 for the device's
 * @param linkMbps 0 for the device's
 * @param encapsulation what packets look like
 * @param udpPort of packets behind UDP headers; 0 for none
 * @param tag of frames
 */
record InterfaceWords(
        List<OwnAddress> addresses,
        List<IpAddress> gateways,
        Map<IpAddress, Long> neighbours,
        String answer,
        String refuse,
        int mtu,
        int linkMbps,
        Encapsulation encapsulation,
        int udpPort,
        VlanTag tag) {
    private static final int LEAST_MTU = 576;

    /** @throws TransportException UNSUPPORTED if something is written wrong */
    static InterfaceWords read(SettingValues values) {
        int mtu = values.getInt(HomaSettings.INTERFACE_MTU);
        if (mtu > 0 && mtu < LEAST_MTU) {
            throw InterfaceChoice.unsupported(named(HomaSettings.INTERFACE_MTU) + " = " + mtu + " is too small: set "
                    + LEAST_MTU + " or more, or 0 for the interface's own");
        }
        Encapsulation encapsulation = HomaOptions.encapsulation(values);
        return new InterfaceWords(
                each(values, HomaSettings.INTERFACE_ADDRESS, OwnAddress::parse),
                each(values, HomaSettings.INTERFACE_GATEWAY, IpAddress::parse),
                neighbours(each(values, HomaSettings.INTERFACE_NEIGHBOURS, InterfaceWords::neighbour)),
                values.get(HomaSettings.INTERFACE_ANSWER),
                values.get(HomaSettings.INTERFACE_REFUSE),
                mtu,
                values.getInt(HomaSettings.LINK_MBPS),
                encapsulation,
                encapsulation == Encapsulation.UDP ? values.getInt(HomaSettings.UDP_PORT) : 0,
                new VlanTag(values.getInt(HomaSettings.INTERFACE_VLAN), values.get(HomaSettings.INTERFACE_PCP)));
    }

    private interface Reader<T> {
        T read(String text);
    }

    private static <T> List<T> each(SettingValues values, Setting<List<String>> setting, Reader<T> reader) {
        List<T> all = new ArrayList<>();
        for (String text : values.get(setting)) {
            try {
                all.add(reader.read(text.strip()));
            } catch (IllegalArgumentException e) {
                throw wrong(named(setting), e);
            }
        }
        return all;
    }

    private static Map.Entry<IpAddress, Long> neighbour(String text) {
        int sign = text.indexOf('=');
        if (sign < 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' names no MAC address: write 192.0.2.2=02:00:00:00:00:02");
        }
        return Map.entry(
                IpAddress.parse(text.substring(0, sign).strip()),
                MacAddress.parse(text.substring(sign + 1).strip()));
    }

    private static Map<IpAddress, Long> neighbours(List<Map.Entry<IpAddress, Long>> entries) {
        Map<IpAddress, Long> known = new HashMap<>();
        entries.forEach(entry -> known.put(entry.getKey(), entry.getValue()));
        return known;
    }

    /**
     * All of it for an interface.
     *
     * @param kernel what the kernel says; null if it does not know the interface
     */
    InterfaceSettings settings(String name, long mac, @Nullable InterfaceFacts kernel) {
        List<OwnAddress> kernels = kernel == null ? List.of() : ofKernel(kernel);
        List<OwnAddress> own = addresses;
        if (own.isEmpty()) {
            own = kernels;
            needOne(name, own);
        }
        boolean answers = isYes(answer, ours(name, own, kernels));
        boolean refuses = isYes(refuse, answers);
        if (encapsulation == Encapsulation.HOMA && !own.isEmpty() && !ours(name, own, kernels)) {
            throw InterfaceChoice.unsupported("remora.homa.encapsulation = homa with addresses " + own
                    + ", which the kernel"
                    + " has too: it would tell our peers that it does not know this protocol, and they would give up;"
                    + " use tcp-header, or an address that only we have by " + named(HomaSettings.INTERFACE_ADDRESS));
        }
        try {
            InterfaceSettings settings = new InterfaceSettings(
                    mac, own, null, null, neighbours, mtu, linkMbps, answers, refuses, true, udpPort, tag);
            for (IpAddress gateway : gateways) {
                if ((gateway.isIpv4() ? settings.gateway4() : settings.gateway6()) != null) {
                    throw new IllegalArgumentException(
                            "more than one gateway of a family: " + gateways + "; leave one");
                }
                settings = settings.withGateway(gateway);
            }
            return settings;
        } catch (IllegalArgumentException e) {
            throw wrong("the interface " + name, e);
        }
    }

    private static boolean isYes(String word, boolean auto) {
        return word.equals("auto") ? auto : word.equals("yes");
    }

    /** Whether nobody but us answers for these addresses. */
    private boolean ours(String name, List<OwnAddress> own, List<OwnAddress> kernels) {
        long shared = own.stream()
                .filter(mine ->
                        kernels.stream().anyMatch(theirs -> theirs.address().equals(mine.address())))
                .count();
        if (shared != 0 && shared != own.size() && answer.equals("auto")) {
            throw InterfaceChoice.unsupported("some of the addresses " + own + " on " + name
                    + " are the kernel's to answer for and some are not: name only the one kind, or set "
                    + named(HomaSettings.INTERFACE_ANSWER) + " to yes or no");
        }
        return shared == 0;
    }

    /** Addresses of ours that the kernel has, too. */
    static List<InetAddress> shared(InterfaceSettings settings, InterfaceFacts kernel) {
        return kernel.addresses().stream()
                .map(InterfaceFacts.Address::ip)
                .filter(ip -> settings.addresses().stream()
                        .anyMatch(mine -> mine.address().equals(IpAddress.of(ip))))
                .toList();
    }

    private static List<OwnAddress> ofKernel(InterfaceFacts kernel) {
        List<OwnAddress> own = new ArrayList<>();
        for (InterfaceFacts.Address each : kernel.addresses()) {
            own.add(new OwnAddress(IpAddress.of(each.ip()), each.prefixBits()));
        }
        return own;
    }

    private static void needOne(String name, List<OwnAddress> own) {
        if (own.isEmpty()) {
            throw InterfaceChoice.unsupported(
                    "the interface " + name + " has no IP address: give it one by \"ip address"
                            + " add 192.0.2.1/24 dev " + name + "\", or us one of our own by "
                            + named(HomaSettings.INTERFACE_ADDRESS));
        }
        List<OwnAddress> ipv4 =
                own.stream().filter(each -> each.address().isIpv4()).toList();
        if (ipv4.size() > 1) {
            throw InterfaceChoice.unsupported("the interface " + name + " has several IPv4 addresses, " + ipv4
                    + ": choose one by " + named(HomaSettings.INTERFACE_ADDRESS));
        }
    }

    /** For a card that the kernel does not know. */
    void needAddresses(String name) {
        if (addresses.isEmpty()) {
            throw InterfaceChoice.unsupported(
                    "the card " + name + " has no IP address, since the kernel does not have it:" + " give it one by "
                            + named(HomaSettings.INTERFACE_ADDRESS) + ", such as 192.0.2.1/24");
        }
    }

    boolean hasIpv6() {
        return addresses.stream().anyMatch(each -> !each.address().isIpv4());
    }

    /** Whether frames for IPv6 groups must come in that the kernel has not joined. */
    boolean needsGroups(InterfaceSettings settings) {
        return settings.answers() && hasIpv6();
    }

    private static String named(Setting<?> setting) {
        return "remora.homa." + setting.name();
    }

    private static TransportException wrong(String where, IllegalArgumentException e) {
        return new TransportException(Reason.UNSUPPORTED, where + ": " + e.getMessage(), e);
    }
}
