package dev.remora.dpdk.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network card by its PCI address. But for cards with a bifurcated driver (mlx5) it must be bound to {@code vfio-pci} or
 * {@code uio_pci_generic}, and is lost to the kernel while it is.
 *
 * @param address as {@code lspci -D} shows it: {@code 0000:3b:00.0}; the domain 0000 may be left out
 * @param driverArguments of its driver, comma-separated; often empty
 */
public record PciDevice(String address, String driverArguments) implements DeviceConfig {
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]");
    private static final Pattern SHORT = Pattern.compile("[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]");
    private static final Path DEVICES = Path.of("/sys/bus/pci/devices");

    /** Kernel drivers that hand the card over, and those DPDK's drivers work beside. */
    private static final Set<String> USABLE =
            Set.of("vfio-pci", "uio_pci_generic", "igb_uio", "mlx4_core", "mlx5_core", "mana");

    public PciDevice {
        address = address.toLowerCase(Locale.ROOT);
        if (SHORT.matcher(address).matches()) {
            address = "0000:" + address;
        }
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException(
                    "not a PCI address: \"" + address + "\"; lspci -D shows them, such as 0000:3b:00.0");
        }
        if (driverArguments.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException(
                    "driverArguments of " + address + " are separated by commas only, are \"" + driverArguments + "\"");
        }
    }

    /** A card without arguments. */
    public static PciDevice at(String address) {
        return new PciDevice(address, "");
    }

    @Override
    public String driver() {
        return "pci";
    }

    @Override
    public String name() {
        return address;
    }

    @Override
    public String arguments() {
        return driverArguments;
    }

    @Override
    public String bus() {
        return "pci";
    }

    @Override
    public List<Obstacle> missing() {
        return missing(DEVICES);
    }

    List<Obstacle> missing(Path devices) {
        List<Obstacle> found = new ArrayList<>();
        Checks.needLibrary(found, "librte_bus_pci");
        Path device = devices.resolve(address);
        if (!Files.exists(device)) {
            found.add(Obstacle.lasting("there is no PCI device " + address, "`lspci -D` lists those there are"));
            return found;
        }
        String kernelDriver = link(device.resolve("driver"));
        if (kernelDriver == null) {
            found.add(Obstacle.lasting("PCI device " + address + " is bound to no kernel driver", bind()));
        } else if (!USABLE.contains(kernelDriver)) {
            found.add(Obstacle.lasting(
                    "PCI device " + address + " is in use by the kernel's driver " + kernelDriver,
                    bind() + "; the kernel's network interface on it disappears with that"));
        } else if (kernelDriver.equals("vfio-pci")) {
            String group = link(device.resolve("iommu_group"));
            Path file = Path.of("/dev/vfio", String.valueOf(group));
            if (group != null && Files.exists(file) && !Files.isWritable(file)) {
                found.add(Obstacle.lasting("no permission to use " + file, "run as root, or chown that file"));
            }
        }
        return found;
    }

    private String bind() {
        return "sudo dpdk-devbind.py --bind=vfio-pci " + address;
    }

    private static @Nullable String link(Path link) {
        try {
            Path target = Files.readSymbolicLink(link).getFileName();
            return target == null ? null : target.toString();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }
}
