package dev.remora.dpdk.device;

import dev.remora.dpdk.device.Checks.Capability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A tap interface that this process makes: the kernel is the other end. Needs root. Segments TCP in software.
 *
 * <p>DPDK's driver computes wrong TCP checksums when it segments a chain of mbufs with odd numbers of bytes, and the
 * receiver drops such segments. Frames to be cut are best in one mbuf, or in two: the headers, and all the data.
 *
 * @param name of the device, beginning with {@code net_tap}
 * @param interfaceName to create
 */
public record TapDevice(String name, String interfaceName) implements DeviceConfig {
    private static final Path CONTROL = Path.of("/dev/net/tun");

    public TapDevice {
        Checks.name(name, "net_tap");
        Checks.interfaceName(interfaceName);
    }

    public static TapDevice named(String interfaceName) {
        return new TapDevice("net_tap0", interfaceName);
    }

    public TapDevice withName(String newName) {
        return new TapDevice(newName, interfaceName);
    }

    @Override
    public String driver() {
        return "net_tap";
    }

    @Override
    public String arguments() {
        return "iface=" + interfaceName;
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        if (!Files.exists(CONTROL)) {
            found.add(Obstacle.lasting("there is no " + CONTROL, "sudo modprobe tun"));
        } else if (!Files.isReadable(CONTROL) || !Files.isWritable(CONTROL)) {
            found.add(Obstacle.lasting("no permission to use " + CONTROL, "run as root"));
        }
        Checks.needCapabilities(found, Capability.NET_ADMIN);
        return found;
    }

    @Override
    public boolean neverBlocks() {
        return false;
    }
}
