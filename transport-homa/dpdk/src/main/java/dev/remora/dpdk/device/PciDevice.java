package dev.remora.dpdk.device;

/** Stub. */
public record PciDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "pci";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public boolean neverBlocks() {
        return false;
    }
}
