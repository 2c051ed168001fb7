package dev.remora.dpdk.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * End of a memif link between two processes. In DPDK 22.11 a receiver corrupts frames larger than {@code bufferBytes}, so
 * that is large by default; {@link VhostDevice} is the sturdier choice.
 *
 * <p>The server's port must be started first. That of a client which comes too early does not start (a
 * {@link dev.remora.dpdk.DeviceNotReadyException}) and can be started again later.
 *
 * @param name of the device, beginning with {@code net_memif}
 * @param socket Unix socket both ends name
 * @param server whether this end creates the socket
 * @param id number both ends agree on
 * @param bufferBytes size of a buffer, at least a frame's
 * @param ringSizeLog2 1 to 14: descriptors of a ring, as a power of two
 */
public record MemifDevice(String name, Path socket, boolean server, int id, int bufferBytes, int ringSizeLog2)
        implements DeviceConfig {
    /** What to do while the other end is not there. */
    public static final String REMEDY =
            "the memif server must come first: attach its device, then start this port again";

    public MemifDevice {
        Checks.name(name, "net_memif");
        socket = Checks.socket(socket);
        Checks.range("id", id, 0, Integer.MAX_VALUE);
        Checks.range("bufferBytes", bufferBytes, 1, 65_535);
        Checks.range("ringSizeLog2", ringSizeLog2, 1, 14);
    }

    /** The end that creates the socket. */
    public static MemifDevice server(Path socket) {
        return new MemifDevice("net_memif0", socket, true, 0, 32_768, 9);
    }

    /** The other end, whose port starts only once the server is there. */
    public static MemifDevice client(Path socket) {
        return new MemifDevice("net_memif0", socket, false, 0, 32_768, 9);
    }

    public MemifDevice withName(String newName) {
        return new MemifDevice(newName, socket, server, id, bufferBytes, ringSizeLog2);
    }

    public MemifDevice withId(int newId) {
        return new MemifDevice(name, socket, server, newId, bufferBytes, ringSizeLog2);
    }

    public MemifDevice withBufferBytes(int newBufferBytes) {
        return new MemifDevice(name, socket, server, id, newBufferBytes, ringSizeLog2);
    }

    public MemifDevice withRingSizeLog2(int newRingSizeLog2) {
        return new MemifDevice(name, socket, server, id, bufferBytes, newRingSizeLog2);
    }

    @Override
    public String driver() {
        return "net_memif";
    }

    @Override
    public String arguments() {
        // The socket as a file: an abstract one would be shared by all users of the host.
        return "role=" + (server ? "server" : "client") + ",id=" + id + ",socket=" + socket
                + ",socket-abstract=no,bsize=" + bufferBytes + ",rsize=" + ringSizeLog2;
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        if (server) {
            Checks.needFolderFor(found, "socket", socket);
        }
        return found;
    }

    @Override
    public boolean neverBlocks() {
        return true;
    }
}
