package dev.remora.dpdk.device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Client end of a link through shared memory; see {@link VhostDevice}, which must be there first.
 *
 * @param name of the device, beginning with {@code net_virtio_user}
 * @param socket the other end's Unix socket
 * @param queues pairs of queues, not more than the other end has
 * @param queueSize descriptors of a ring, a power of two from 64 to 32,768
 * @param packed whether to use packed rings, which some loads like better
 */
public record VirtioUserDevice(String name, Path socket, int queues, int queueSize, boolean packed)
        implements DeviceConfig {
    public VirtioUserDevice {
        Checks.name(name, "net_virtio_user");
        Checks.socket(socket);
        Checks.range("queues", queues, 1, 128);
        Checks.range("queueSize", queueSize, 64, 32_768);
        Checks.powerOfTwo("queueSize", queueSize);
    }

    /** One queue of 1,024 descriptors, split rings. */
    public static VirtioUserDevice at(Path socket) {
        return new VirtioUserDevice("net_virtio_user0", socket, 1, 1_024, false);
    }

    public VirtioUserDevice withName(String newName) {
        return new VirtioUserDevice(newName, socket, queues, queueSize, packed);
    }

    public VirtioUserDevice withQueues(int newQueues) {
        return new VirtioUserDevice(name, socket, newQueues, queueSize, packed);
    }

    public VirtioUserDevice withQueueSize(int newQueueSize) {
        return new VirtioUserDevice(name, socket, queues, newQueueSize, packed);
    }

    public VirtioUserDevice withPacked(boolean newPacked) {
        return new VirtioUserDevice(name, socket, queues, queueSize, newPacked);
    }

    @Override
    public String driver() {
        return "net_virtio_user";
    }

    @Override
    public String arguments() {
        return "path=" + socket + ",queues=" + queues + ",queue_size=" + queueSize + (packed ? ",packed_vq=1" : "");
    }

    @Override
    public List<String> obstacles() {
        List<String> found = new ArrayList<>(Checks.driver("net_virtio"));
        if (!peerIsThere()) {
            found.add("the socket " + socket + " is not there; open the vhost end first");
        }
        return found;
    }

    /** Whether the other end's socket exists. */
    public boolean peerIsThere() {
        return Files.exists(socket);
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }
}
