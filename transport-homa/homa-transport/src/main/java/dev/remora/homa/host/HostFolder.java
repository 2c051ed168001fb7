package dev.remora.homa.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.spi.TransportException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder through which transports of one host find each other, private to the user:
 *
 * <ul>
 *   <li>{@code <id>.sock}: where the transport with that id listens for peers
 *   <li>{@code <id>.bells}: by which its peers wake it, see {@link Bells}
 *   <li>{@code <id>-<id>.vhost}: a device's socket between two of them, made by the first
 *   <li>{@code port-<n>}: which transport serves a Homa port, see {@link PortFiles}
 * </ul>
 */
final class HostFolder {
    /** sun_path of sockaddr_un has 108 bytes, of which one is its end. */
    private static final int MAX_SOCKET_PATH = 107;

    private static final String BELLS = ".bells";
    private static final Duration SURELY_LISTENING = Duration.ofMinutes(1);
    private static final int ATTEMPTS = 100;
    private static final Logger log = LoggerFactory.getLogger(HostFolder.class);

    private final Path path;

    private HostFolder(Path path) {
        this.path = path;
    }

    /** Makes the folder if absent, checks it, and clears away what ended processes left. */
    static HostFolder open(Path path) {
        int longest = path.resolve("000000-000000.vhost").toString().getBytes(UTF_8).length;
        if (longest > MAX_SOCKET_PATH) {
            throw unusable(
                    path,
                    "its name is too long by " + (longest - MAX_SOCKET_PATH)
                            + " bytes: names of sockets in it are limited to " + MAX_SOCKET_PATH,
                    "choose a shorter one",
                    null);
        }
        try {
            if (!Files.isDirectory(path)) {
                makeFolder(path);
            }
            if ((Integer) Files.getAttribute(path, "unix:uid") != HostSettings.userId()) {
                throw unusable(path, "it belongs to user " + Files.getOwner(path), "choose one of your own", null);
            }
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(path);
            if (rights.contains(PosixFilePermission.GROUP_WRITE) || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw unusable(path, "other users may write to it", "chmod 700 " + path, null);
            }
        } catch (IOException e) {
            throw unusable(path, "it can be neither made nor read: " + e, "choose another, or mend its rights", e);
        }
        if (!Files.isWritable(path)) {
            throw unusable(path, "it cannot be written to", "chmod 700 " + path, null);
        }
        HostFolder folder = new HostFolder(path);
        folder.sweep();
        return folder;
    }

    private static void makeFolder(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path)) {
                throw e;
            }
            // Another process was faster.
        }
    }

    private static TransportException unusable(
            Path path, String problem, String remedy, @org.jspecify.annotations.Nullable Throwable cause) {
        return new TransportException(
                TransportException.Reason.UNSUPPORTED,
                "the folder " + path + ", where transports of this host find each other, cannot be used: " + problem
                        + "; " + remedy + " (setting folder)",
                cause);
    }

    Path path() {
        return path;
    }

    Path socketOf(int id) {
        return path.resolve(name(id) + ".sock");
    }

    Path bellsOf(int id) {
        return path.resolve(name(id) + BELLS);
    }

    /** The socket of the device between two, which the first makes. */
    Path deviceOf(int maker, int user) {
        return path.resolve(name(maker) + "-" + name(user) + ".vhost");
    }

    Path portFile(int port) {
        return path.resolve("port-" + port);
    }

    static String name(int id) {
        return String.format("%06x", id);
    }

    /** A listening socket with an id that nobody else in the folder has. */
    Claim claim(Random random) {
        IOException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            int id = HostAddress.randomId(random);
            if (Files.exists(socketOf(id), LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try {
                ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                try {
                    listener.bind(UnixDomainSocketAddress.of(socketOf(id)), 64);
                    return new Claim(id, listener);
                } catch (IOException e) {
                    listener.close();
                    last = e;
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw unusable(path, "no socket can be made in it: " + last, "check its rights and the disk's space", last);
    }

    /** An id, and the socket whose name claims it. */
    record Claim(int id, ServerSocketChannel listener) {}

    /** Nobody finds it any more. */
    void giveUp(Claim claim) {
        try {
            claim.listener().close();
        } catch (IOException e) {
            log.warn("closing {}: {}", socketOf(claim.id()), e.toString());
        }
        delete(bellsOf(claim.id()));
        delete(socketOf(claim.id()));
    }

    void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("cannot delete {}: {}", file, e.toString());
        }
    }

    /** Sockets of transports that did not get to delete them. */
    private void sweep() {
        List<Path> all;
        try (Stream<Path> files = Files.list(path)) {
            all = files.toList();
        } catch (IOException e) {
            log.warn("cannot look for leftovers in {}: {}", path, e.toString());
            return;
        }
        for (Path file : all) {
            if (file.toString().endsWith(".sock") && isLeft(file)) {
                delete(file);
            }
        }
        for (Path file : all) {
            String name = String.valueOf(file.getFileName());
            int dash = name.indexOf('-');
            // The second is one that DPDK's thread is woken by, of a process that was killed meanwhile.
            boolean ofDevice = name.endsWith(".vhost") || name.endsWith(".vhos~");
            int end = ofDevice ? dash : name.endsWith(BELLS) ? name.length() - BELLS.length() : -1;
            if (end > 0 && !Files.exists(path.resolve(name.substring(0, end) + ".sock"))) {
                delete(file);
            }
        }
    }

    /** A fresh socket may be bound and not listening yet, so only older ones are judged. */
    private static boolean isLeft(Path socket) {
        try {
            Instant made = Files.getLastModifiedTime(socket).toInstant();
            if (made.isAfter(Instant.now().minus(SURELY_LISTENING))) {
                return false;
            }
        } catch (IOException e) {
            return false;
        }
        return !listens(socket);
    }

    /** Whether somebody listens; the connection ends at once. */
    static boolean listens(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
