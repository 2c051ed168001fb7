package dev.remora.dpdk.device;

import java.nio.file.Path;
import java.util.List;

/**
 * Server end of a link through shared memory to another process of this host, where a {@link VirtioUserDevice} is the other
 * end. One socket serves one peer. Must be opened before the peer's end. Needs neither root nor hugepages. With TSO, chains
 * of up to 64 KB are carried whole.
 *
 * @param name of the device, beginning with {@code net_vhost}
 * @param socket Unix socket to create; an old file there is replaced
 * @param queues pairs of queues; queue <i>i</i> here is queue <i>i</i> of the peer
 * @param tso whether segmentation and large receive may be negotiated
 */
public record VhostDevice(String name, Path socket, int queues, boolean tso) implements DeviceConfig {
    public VhostDevice {
        Checks.name(name, "net_vhost");
        Checks.socket(socket);
        Checks.range("queues", queues, 1, 128);
    }

    /** One queue, TSO. */
    public static VhostDevice at(Path socket) {
        return new VhostDevice("net_vhost0", socket, 1, true);
    }

    public VhostDevice withName(String newName) {
        return new VhostDevice(newName, socket, queues, tso);
    }

    public VhostDevice withQueues(int newQueues) {
        return new VhostDevice(name, socket, newQueues, tso);
    }

    public VhostDevice withTso(boolean newTso) {
        return new VhostDevice(name, socket, queues, newTso);
    }

    @Override
    public String driver() {
        return "net_vhost";
    }

    @Override
    public String arguments() {
        return "iface=" + socket + ",queues=" + queues + (tso ? ",tso=1" : "");
    }

    @Override
    public List<String> obstacles() {
        return Checks.driver(driver());
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }
}
