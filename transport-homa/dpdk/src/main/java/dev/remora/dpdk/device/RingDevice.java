package dev.remora.dpdk.device;

import java.util.ArrayList;
import java.util.List;

/**
 * A loop inside the process: what is sent is received by the same port. For tests.
 *
 * @param name of the device, beginning with {@code net_ring}
 */
public record RingDevice(String name) implements DeviceConfig {
    public RingDevice {
        Checks.name(name, "net_ring");
    }

    public static RingDevice loop() {
        return new RingDevice("net_ring0");
    }

    public RingDevice withName(String newName) {
        return new RingDevice(newName);
    }

    @Override
    public String driver() {
        return "net_ring";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        return found;
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }

    @Override
    public boolean passesMbufsOn() {
        return true;
    }
}
