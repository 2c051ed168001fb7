package dev.remora.dpdk.device;

import dev.remora.dpdk.DpdkException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Server end of a link through shared memory to another process of this host, where a {@link VirtioUserDevice} is the other
 * end. One socket serves one peer. It listens once its port is configured, and only then can the peer's end be
 * opened. Needs neither root nor hugepages. With TSO, chains of up to 64 KB are carried whole.
 *
 * @param name of the device, beginning with {@code net_vhost}
 * @param socket Unix socket to create; one that a process left there is replaced
 * @param queues pairs of queues; queue <i>i</i> here is queue <i>i</i> of the peer
 * @param tso whether segmentation and large receive may be negotiated
 */
public record VhostDevice(String name, Path socket, int queues, boolean tso) implements DeviceConfig {
    public VhostDevice {
        Checks.name(name, "net_vhost");
        socket = Checks.socket(socket);
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
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        Checks.needFolderFor(found, "socket", socket);
        if (Files.exists(socket) && !isLeftOver()) {
            found.add(Obstacle.lasting(
                    socket + " is in use by another process, or not a socket",
                    "choose another path; `ss -xlp` tells which process listens there"));
        }
        return found;
    }

    /**
     * Deletes the socket that a process left which did not get to close its port: DPDK would refuse to listen there. One
     * that somebody listens on stays.
     */
    @Override
    public void prepare() {
        if (Files.exists(socket) && isLeftOver()) {
            try {
                Files.deleteIfExists(socket);
            } catch (IOException e) {
                throw new DpdkException(
                        name() + ": the socket " + socket + " of a process that has ended cannot be deleted",
                        "delete it, or choose another path");
            }
        }
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }

    /** Whether it is a socket nobody listens on. Does not disturb one that the kernel lists as listening. */
    private boolean isLeftOver() {
        if (Files.isRegularFile(socket) || Files.isDirectory(socket) || UnixSockets.isListening(socket)) {
            return false;
        }
        // A listener in another network namespace is not listed, but can be reached.
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return false;
        } catch (IOException e) {
            return UnixSockets.isRefusal(e);
        }
    }
}
