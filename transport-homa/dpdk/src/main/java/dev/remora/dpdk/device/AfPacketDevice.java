package dev.remora.dpdk.device;

import dev.remora.dpdk.device.Checks.Capability;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface of the kernel, such as a veth, through packet sockets. The interface stays the kernel's: it sees
 * all packets, too. Needs CAP_NET_RAW. Frames longer than the MTU are dropped by the kernel after the send succeeded, so a
 * port refuses them itself. In DPDK 22.11 its MTU is at most 1,500, whatever the
 * interface's.
 *
 * @param name of the device, beginning with {@code net_af_packet}
 * @param interfaceName of the kernel
 * @param queues pairs of queues; the kernel spreads packets over them by a hash of addresses and ports
 * @param qdiscBypass whether to go around the interface's queueing discipline: faster, but then a shaper counts nothing
 */
public record AfPacketDevice(String name, String interfaceName, int queues, boolean qdiscBypass)
        implements DeviceConfig {
    /**
     * Frames of 2 KiB that the kernel keeps for a queue, each way. The driver's own 512 last for 6 ms of a link of 1 Gbit/s, and
     * a thread that polls may have to wait for its CPU for longer. Not more, since the ring is a queue for what is sent, too,
     * and one that nobody sees: if the interface is slower than it says, packets wait there.
     */
    private static final int RING_FRAMES = 1024;

    public AfPacketDevice {
        Checks.name(name, "net_af_packet");
        Checks.interfaceName(interfaceName);
        Checks.range("queues", queues, 1, 16);
    }

    /** One queue, through the queueing discipline. */
    public static AfPacketDevice on(String interfaceName) {
        return new AfPacketDevice("net_af_packet0", interfaceName, 1, false);
    }

    public AfPacketDevice withName(String newName) {
        return new AfPacketDevice(newName, interfaceName, queues, qdiscBypass);
    }

    public AfPacketDevice withQueues(int newQueues) {
        return new AfPacketDevice(name, interfaceName, newQueues, qdiscBypass);
    }

    public AfPacketDevice withQdiscBypass(boolean newQdiscBypass) {
        return new AfPacketDevice(name, interfaceName, queues, newQdiscBypass);
    }

    @Override
    public String driver() {
        return "net_af_packet";
    }

    @Override
    public String arguments() {
        return "iface=" + interfaceName + ",qpairs=" + queues + ",framecnt=" + RING_FRAMES + ",qdisc_bypass="
                + (qdiscBypass ? 1 : 0);
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        Checks.needInterface(found, interfaceName);
        Checks.needCapabilities(found, Capability.NET_RAW);
        return found;
    }

    /** Its send polls when the ring is full. */
    @Override
    public boolean neverBlocks() {
        return false;
    }
}
