package dev.remora.dpdk.device;

/** Stub. */
public record MemifDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_memif";
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
