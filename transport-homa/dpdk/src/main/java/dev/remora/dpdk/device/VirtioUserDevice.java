package dev.remora.dpdk.device;

import dev.remora.dpdk.DpdkVersion;
import dev.remora.dpdk.ffi.Libraries;
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
    /** What to do while the other end is not there. */
    public static final String REMEDY =
            "the vhost side must come first: configure its port, then attach this device again";

    private static final int MAX_QUEUES_22_11 = 8;

    public VirtioUserDevice {
        Checks.name(name, "net_virtio_user");
        socket = Checks.socket(socket);
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
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, "net_virtio");
        if (queues > MAX_QUEUES_22_11 && Libraries.loadedAbi() == DpdkVersion.V22_11.abi()) {
            found.add(Obstacle.lasting(
                    queues + " queues, of which DPDK 22.11 allows " + MAX_QUEUES_22_11, "ask for fewer"));
        }
        if (!Files.exists(socket)) {
            found.add(new Obstacle("there is no socket " + socket + " yet", REMEDY, true));
        } else if (!Files.isWritable(socket)) {
            found.add(Obstacle.lasting(
                    "no permission to connect to " + socket, "run both ends as the same user, or chmod the socket"));
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
