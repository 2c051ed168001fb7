package dev.remora.homa.link.socket;

import dev.remora.spi.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel says about one of its interfaces, in the network namespace of this process: /sys shows no other.
 *
 * @param name such as {@code eth0}
 * @param index the kernel's number for it
 * @param mac Ethernet address in the lower 48 bits, first byte highest; 0 for one that has none
 * @param mtu largest IP packet in bytes
 * @param up whether it is switched on and its link is there
 * @param loopback whether it leads only to this machine
 * @param addresses of the machine on it
 * @param linkMbps its rate in Mbit/s, 0 when not known
 */
public record InterfaceFacts(
        String name,
        int index,
        long mac,
        int mtu,
        boolean up,
        boolean loopback,
        List<Address> addresses,
        int linkMbps) {
    private static final Path INTERFACES = Path.of("/sys/class/net");

    /** Longest name, in bytes. */
    private static final int MAX_NAME = Abi.IFNAMSIZ - 1;

    public InterfaceFacts {
        addresses = List.copyOf(addresses);
    }

    /**
     * An address with its network.
     *
     * @param ip of the machine
     * @param prefixBits leading bits that all hosts of the network share
     */
    public record Address(InetAddress ip, int prefixBits) {}

    /**
     * Asks the kernel.
     *
     * @throws TransportException UNSUPPORTED if there is no such interface
     */
    public static InterfaceFacts of(String name) {
        checkName(name);
        Path folder = INTERFACES.resolve(name);
        if (!Files.exists(folder)) {
            throw noSuchInterface(name);
        }
        int flags = Integer.decode(text(folder, "flags", "0"));
        return new InterfaceFacts(
                name,
                Integer.parseInt(text(folder, "ifindex", "0")),
                mac(text(folder, "address", "")),
                Integer.parseInt(text(folder, "mtu", "0")),
                (flags & Abi.IFF_UP) != 0 && text(folder, "carrier", "0").equals("1"),
                (flags & Abi.IFF_LOOPBACK) != 0,
                addresses(name),
                linkMbps(name));
    }

    private static List<Address> addresses(String name) {
        try {
            // Unknown to Java while it has no address.
            NetworkInterface found = NetworkInterface.getByName(name);
            List<Address> addresses = new ArrayList<>();
            if (found != null) {
                for (InterfaceAddress each : found.getInterfaceAddresses()) {
                    addresses.add(new Address(each.getAddress(), each.getNetworkPrefixLength()));
                }
            }
            return addresses;
        } catch (SocketException e) {
            throw new TransportException(
                    TransportException.Reason.UNSUPPORTED,
                    "the addresses of interface " + name + " cannot be read; was it removed just now?",
                    e);
        }
    }

    /** Names of all interfaces, sorted. */
    public static List<String> names() {
        try (Stream<Path> all = Files.list(INTERFACES)) {
            // Beside interfaces there may be the file of a driver.
            return all.filter(Files::isDirectory)
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            // Only for messages, which must not fail.
            return List.of();
        }
    }

    /**
     * Rate of an interface in Mbit/s; 0 when the kernel does not know it, as for many virtual ones and those that are down.
     */
    static int linkMbps(String name) {
        return Math.max(0, Integer.parseInt(text(INTERFACES.resolve(name), "speed", "0")));
    }

    /** What a file says; the default where the kernel has nothing to say, which makes reading an error. */
    private static String text(Path folder, String file, String without) {
        try {
            return Files.readString(folder.resolve(file)).strip();
        } catch (IOException e) {
            return without;
        }
    }

    /** Refuses what no interface is called, before it becomes part of a path or a struct. */
    static void checkName(String name) {
        boolean wrong = name.isEmpty() || name.length() > MAX_NAME || name.equals(".") || name.equals("..");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            wrong |= c <= ' ' || c >= 0x7f || c == '/' || c == ':';
        }
        if (wrong) {
            throw new TransportException(
                    TransportException.Reason.UNSUPPORTED,
                    "\"" + printable(name) + "\" is not a name of a network interface: it has 1 to " + MAX_NAME
                            + " letters, digits or signs other than '/' and ':'; here there are " + names());
        }
    }

    static TransportException noSuchInterface(String name) {
        return new TransportException(
                TransportException.Reason.UNSUPPORTED,
                "there is no network interface " + name + " here; there are " + names()
                        + " (a container or network namespace has its own)");
    }

    private static String printable(String name) {
        String shortened = name.length() > 40 ? name.substring(0, 40) + "..." : name;
        return shortened.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static long mac(String text) {
        return text.length() == "00:00:00:00:00:00".length() ? Long.parseLong(text.replace(":", ""), 16) : 0;
    }
}
