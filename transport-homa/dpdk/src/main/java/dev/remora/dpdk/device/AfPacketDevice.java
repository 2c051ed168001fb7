package dev.remora.dpdk.device;

import dev.remora.dpdk.device.Checks.Capability;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface of the kernel, such as a veth, through packet sockets. The interface stays the kernel's: it sees
 * all packets, too. Needs CAP_NET_RAW. Frames longer than the MTU are dropped by the kernel after the send succeeded, so a
 * port refuses them itself.
 *
 * @param name of the device, beginning with {@code net_af_packet}
 * @param interfaceName of the kernel
 * @param queues pairs of queues; the kernel spreads packets over them by a hash of addresses and ports
 * @param qdiscBypass whether to go around the interface's queueing discipline: faster, but then a shaper counts nothing
 * @param frameBytes room for a frame and 52 bytes of the kernel's in its ring, a multiple of 16
 */
public record AfPacketDevice(String name, String interfaceName, int queues, boolean qdiscBypass, int frameBytes)
        implements DeviceConfig {
    public AfPacketDevice {
        Checks.name(name, "net_af_packet");
        Checks.interfaceName(interfaceName);
        Checks.range("queues", queues, 1, 16);
        Checks.range("frameBytes", frameBytes, 128, 65_536);
        Checks.range("frameBytes modulo 16", frameBytes % 16, 0, 0);
    }

    /** One queue of frames up to 1,996 bytes, through the queueing discipline. */
    public static AfPacketDevice on(String interfaceName) {
        return new AfPacketDevice("net_af_packet0", interfaceName, 1, false, 2_048);
    }

    public AfPacketDevice withName(String newName) {
        return new AfPacketDevice(newName, interfaceName, queues, qdiscBypass, frameBytes);
    }

    public AfPacketDevice withQueues(int newQueues) {
        return new AfPacketDevice(name, interfaceName, newQueues, qdiscBypass, frameBytes);
    }

    public AfPacketDevice withQdiscBypass(boolean newQdiscBypass) {
        return new AfPacketDevice(name, interfaceName, queues, newQdiscBypass, frameBytes);
    }

    /** Larger ones for larger frames: 9,216 for an MTU of 9,000. */
    public AfPacketDevice withFrameBytes(int newFrameBytes) {
        return new AfPacketDevice(name, interfaceName, queues, qdiscBypass, newFrameBytes);
    }

    @Override
    public String driver() {
        return "net_af_packet";
    }

    @Override
    public String arguments() {
        return "iface=" + interfaceName + ",qpairs=" + queues + ",qdisc_bypass=" + (qdiscBypass ? 1 : 0) + ",framesz="
                + frameBytes + ",blocksz=" + blockBytes();
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        Checks.needInterface(found, interfaceName);
        Checks.needCapabilities(found, Capability.NET_RAW);
        return found;
    }

    /** The kernel wants blocks of whole pages, and frames do not cross them. */
    private int blockBytes() {
        return Math.max(4_096, Integer.highestOneBit(frameBytes - 1) * 2);
    }

    /** Its send polls when the ring is full. */
    @Override
    public boolean neverBlocks() {
        return false;
    }
}
