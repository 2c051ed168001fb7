package dev.remora.dpdk.device;

import java.util.List;

/**
 * A device DPDK can open: which driver, with which arguments. Immutable. Each kind checks its values when made, so that a
 * wrong one is reported where it was written.
 */
public sealed interface DeviceConfig
        permits VhostDevice,
                VirtioUserDevice,
                MemifDevice,
                AfPacketDevice,
                AfXdpDevice,
                TapDevice,
                RingDevice,
                NullDevice,
                PcapDevice,
                PciDevice {

    /** Name of DPDK's driver, such as {@code net_vhost}; {@code pci} where the bus finds it. */
    String driver();

    /** Name of the device, unique in the process, such as {@code net_vhost0}; a PCI address for a NIC. */
    String name();

    /** Arguments as DPDK's {@code --vdev} and hot-plug take them, without the name: {@code iface=/tmp/s,queues=1}. */
    String arguments();

    /** Name of the bus for hot-plug: {@code vdev} or {@code pci}. */
    default String bus() {
        return "vdev";
    }

    /** What is missing on this machine for the device to open, each with its remedy; empty when nothing is known to be. */
    default List<String> obstacles() {
        return missing().stream().map(Obstacle::toString).toList();
    }

    /** The same with problem and remedy apart. */
    List<Obstacle> missing();

    /** Clears away what a process that ended without closing the device left behind. Called before it is opened. */
    default void prepare() {}

    /** Whether the driver's bursts never block and never make slow system calls, so that critical calls are safe. */
    boolean neverBlocks();

    /** Whether what is received are the very mbufs that were sent, as they were, instead of ones the driver fills. */
    default boolean passesMbufsOn() {
        return false;
    }
}
