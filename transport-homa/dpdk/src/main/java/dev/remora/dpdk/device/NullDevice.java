package dev.remora.dpdk.device;

import java.util.ArrayList;
import java.util.List;

/**
 * A device that takes everything and gives packets of zeros. For measuring.
 *
 * @param name of the device, beginning with {@code net_null}
 * @param packetBytes size of the packets it gives
 * @param silent whether it gives none
 */
public record NullDevice(String name, int packetBytes, boolean silent) implements DeviceConfig {
    public NullDevice {
        Checks.name(name, "net_null");
        Checks.range("packetBytes", packetBytes, 1, 9_000);
    }

    /** Gives nothing. */
    public static NullDevice sink() {
        return new NullDevice("net_null0", 64, true);
    }

    /** Gives packets without end. */
    public static NullDevice source(int packetBytes) {
        return new NullDevice("net_null0", packetBytes, false);
    }

    public NullDevice withName(String newName) {
        return new NullDevice(newName, packetBytes, silent);
    }

    @Override
    public String driver() {
        return "net_null";
    }

    @Override
    public String arguments() {
        return "size=" + packetBytes + ",copy=0,no-rx=" + (silent ? 1 : 0);
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
}
