package dev.remora.dpdk.port;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.ffi.Natives;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The thread of DPDK that serves the sockets of vhost devices. Up to release 24.07 it polls the sockets that it knew when it last
 * looked, for a second: a peer that connects to a new one would wait half of that in the mean. Nothing in DPDK's interface wakes it
 * as such, but it is woken by a device that connects to a peer, rather than waiting for one: so we are a peer for a moment.
 */
final class VhostEvents {
    private static final Logger LOG = System.getLogger("dev.remora.dpdk");
    private static final String LIBRARY = "librte_vhost";

    /** RTE_VHOST_USER_CLIENT and RTE_VHOST_USER_NO_RECONNECT. */
    private static final long CLIENT_ONCE = 1 | 1 << 1;

    /** More than a struct rte_vhost_device_ops, all of whose functions may be absent. */
    private static final int OPERATIONS_BYTES = 256;

    private VhostEvents() {}

    /** Initialised when first used, which is after the driver and its library were loaded. */
    private static final class Calls {
        private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
        private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
        static final MethodHandle REGISTER =
                Natives.function(LIBRARY, "rte_vhost_driver_register", FunctionDescriptor.of(INT, LONG, LONG));
        static final MethodHandle OPERATIONS =
                Natives.function(LIBRARY, "rte_vhost_driver_callback_register", FunctionDescriptor.of(INT, LONG, LONG));
        static final MethodHandle START =
                Natives.function(LIBRARY, "rte_vhost_driver_start", FunctionDescriptor.of(INT, LONG));
        static final MethodHandle UNREGISTER =
                Natives.function(LIBRARY, "rte_vhost_driver_unregister", FunctionDescriptor.of(INT, LONG));
        /** The thread may look at it after the end. */
        static final long NONE = Arena.global().allocate(OPERATIONS_BYTES, 8).address();
    }

    /**
     * Makes the thread look at the sockets there are now. Where that fails it does so by itself, within a second.
     *
     * @param socket of a device; one beside it is made for a moment
     */
    static void lookNow(Path socket) {
        Path own = momentary(socket);
        try (ServerSocketChannel peer = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deleteLeftOver(own);
            peer.bind(UnixDomainSocketAddress.of(own));
            try {
                connect(own);
            } finally {
                Files.deleteIfExists(own);
            }
        } catch (IOException | DpdkException | ExceptionInInitializerError | NoClassDefFoundError e) {
            LOG.log(Level.DEBUG, "the first peer of " + socket + " may wait for a second", e);
        }
    }

    /** Of a process that was killed in that moment. Something else is not ours, and binding fails. */
    private static void deleteLeftOver(Path own) throws IOException {
        if (Files.exists(own, LinkOption.NOFOLLOW_LINKS)
                && Files.readAttributes(own, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther()) {
            Files.delete(own);
        }
    }

    /** A name as long as that of the device's socket, as their length is limited. */
    static Path momentary(Path socket) {
        String name = String.valueOf(socket.getFileName());
        char last = name.charAt(name.length() - 1);
        return socket.resolveSibling(name.substring(0, name.length() - 1) + (last == '~' ? '=' : '~'));
    }

    private static void connect(Path to) {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(to.toString()).address();
            if ((int) Calls.REGISTER.invokeExact(path, CLIENT_ONCE) != 0) {
                LOG.log(Level.DEBUG, "DPDK takes no socket {0}", to);
                return;
            }
            int result = (int) Calls.OPERATIONS.invokeExact(path, Calls.NONE);
            if (result == 0) {
                result = (int) Calls.START.invokeExact(path);
            }
            int end = (int) Calls.UNREGISTER.invokeExact(path);
            if (result != 0 || end != 0) {
                LOG.log(Level.DEBUG, "DPDK does not connect to {0}: {1}, {2}", to, result, end);
            }
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }
}
