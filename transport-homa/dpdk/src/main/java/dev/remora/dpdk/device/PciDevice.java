package dev.remora.dpdk.device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A network card by its PCI address. But for cards with a bifurcated driver (mlx5) it must be bound to {@code vfio-pci} or
 * {@code uio_pci_generic}, and is lost to the kernel while it is.
 *
 * @param address as {@code lspci -D} shows it: {@code 0000:3b:00.0}
 * @param driverArguments of its driver, comma-separated; often empty
 */
public record PciDevice(String address, String driverArguments) implements DeviceConfig {
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    private static final Pattern SHORT = Pattern.compile("[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");

    public PciDevice {
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException(
                    "not a PCI address: \"" + address + "\"; lspci -D shows them, such as 0000:3b:00.0");
        }
    }

    /**
     * A card without arguments.
     *
     * @param address with or without domain: {@code 0000:3b:00.0}, {@code 3b:00.0}
     */
    public static PciDevice at(String address) {
        return new PciDevice(SHORT.matcher(address).matches() ? "0000:" + address : address, "");
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
    public List<String> obstacles() {
        return Files.exists(Path.of("/sys/bus/pci/devices", address))
                ? List.of()
                : List.of("there is no PCI device " + address + "; those there are: lspci -D");
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }
}
