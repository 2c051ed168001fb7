package dev.remora.dpdk.device;

/** Stub. */
public record AfXdpDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_af_xdp";
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
