package dev.remora.dpdk.port;

import dev.remora.dpdk.device.DeviceConfig;

/** Stub. */
public final class Port implements AutoCloseable {
    private final int id;
    private final DeviceConfig device;

    private Port(int id, DeviceConfig device) {
        this.id = id;
        this.device = device;
    }

    public static Port open(int id, DeviceConfig device) {
        return new Port(id, device);
    }

    public int id() {
        return id;
    }

    public DeviceConfig device() {
        return device;
    }

    public String name() {
        return device.name();
    }

    @Override
    public void close() {}
}
