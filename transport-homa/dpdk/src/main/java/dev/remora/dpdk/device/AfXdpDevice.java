package dev.remora.dpdk.device;

import dev.remora.dpdk.device.Checks.Capability;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface of the kernel through AF_XDP sockets: takes all packets of its queue away from the kernel. Needs
 * root. Frames over the MTU vanish silently, so a port refuses them itself; the MTU may be at most 3,542. DPDK's
 * driver never returns the mbufs of its fill ring: a pool it received into cannot be closed before the Eal is.
 * Nor does it let go of the interface's queue before the process ends: a port that was closed cannot be opened again in
 * the same process, but stopped and started.
 *
 * @param name of the device, beginning with {@code net_af_xdp}
 * @param interfaceName of the kernel
 * @param startQueue first of the interface's queues to use
 * @param queues how many of them
 */
public record AfXdpDevice(String name, String interfaceName, int startQueue, int queues) implements DeviceConfig {
    public AfXdpDevice {
        Checks.name(name, "net_af_xdp");
        Checks.interfaceName(interfaceName);
        Checks.range("startQueue", startQueue, 0, 1_023);
        Checks.range("queues", queues, 1, 1_024);
    }

    /** Queue 0. */
    public static AfXdpDevice on(String interfaceName) {
        return new AfXdpDevice("net_af_xdp0", interfaceName, 0, 1);
    }

    public AfXdpDevice withName(String newName) {
        return new AfXdpDevice(newName, interfaceName, startQueue, queues);
    }

    public AfXdpDevice withStartQueue(int newStartQueue) {
        return new AfXdpDevice(name, interfaceName, newStartQueue, queues);
    }

    public AfXdpDevice withQueues(int newQueues) {
        return new AfXdpDevice(name, interfaceName, startQueue, newQueues);
    }

    @Override
    public String driver() {
        return "net_af_xdp";
    }

    @Override
    public String arguments() {
        return "iface=" + interfaceName + ",start_queue=" + startQueue + ",queue_count=" + queues;
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        Checks.needInterface(found, interfaceName);
        Checks.needCapabilities(found, Capability.NET_RAW, Capability.NET_ADMIN);
        return found;
    }

    /** System calls wake the kernel's side. */
    @Override
    public boolean neverBlocks() {
        return false;
    }
}
