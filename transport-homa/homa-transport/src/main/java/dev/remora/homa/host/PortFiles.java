package dev.remora.homa.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which transport serves which Homa port: a file per port that holds the transport's id, locked as long as it is served, so
 * that a process that ends in any way gives its ports up.
 *
 * <p>The files stay when a port is given up: deleting one could take it from under another process that is about to lock it.
 *
 * <p>The kernel drops a process's locks on a file when the process closes it anywhere, so a file whose lock this process
 * holds must not be opened again here: the table of those is common to all transports of the process.
 */
final class PortFiles {
    private static final int MOST_BYTES = 16;
    private static final Map<Path, Held> HELD = new HashMap<>();
    private static final Logger log = LoggerFactory.getLogger(PortFiles.class);

    private record Held(int id, FileChannel channel) {}

    private PortFiles() {}

    /**
     * Takes a port.
     *
     * @return false if another transport has it
     * @throws TransportException BIND if the file cannot be used
     */
    static boolean take(HostFolder folder, int port, int id) {
        synchronized (HELD) {
            Path file = folder.portFile(port);
            if (HELD.containsKey(file)) {
                return false;
            }
            FileChannel channel = null;
            boolean taken = false;
            try {
                channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    channel.truncate(0);
                    channel.write(ByteBuffer.wrap(HostFolder.name(id).getBytes(US_ASCII)), 0);
                    HELD.put(file, new Held(id, channel));
                    taken = true;
                }
                return taken;
            } catch (IOException e) {
                throw new TransportException(
                        Reason.BIND, "port " + port + " cannot be taken: " + e + "; check the file " + file, e);
            } finally {
                if (channel != null && !taken) {
                    close(channel);
                }
            }
        }
    }

    /** Gives a port up. */
    static void give(HostFolder folder, int port) {
        synchronized (HELD) {
            Held held = HELD.remove(folder.portFile(port));
            if (held != null) {
                try {
                    held.channel().truncate(0);
                } catch (IOException e) {
                    log.debug("port {}: {}", port, e.toString());
                }
                close(held.channel());
            }
        }
    }

    /**
     * Id of the transport that serves a port; empty if none does. It may have ended without giving the port up: then nobody
     * listens at its socket.
     */
    static OptionalInt find(HostFolder folder, int port) throws IOException {
        synchronized (HELD) {
            Path file = folder.portFile(port);
            Held held = HELD.get(file);
            if (held != null) {
                return OptionalInt.of(held.id());
            }
            if (!Files.exists(file)) {
                return OptionalInt.empty();
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return read(channel);
            }
        }
    }

    private static OptionalInt read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
        channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, bytes.position(), US_ASCII).strip();
        try {
            int id = Integer.parseInt(text, 16);
            return id > 0 && id < 1 << 24 ? OptionalInt.of(id) : OptionalInt.empty();
        } catch (NumberFormatException e) {
            // Given up, or just taken and not written yet.
            return OptionalInt.empty();
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            log.warn("cannot close a port's file: {}", e.toString());
        }
    }
}
