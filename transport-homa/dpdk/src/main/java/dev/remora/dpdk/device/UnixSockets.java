package dev.remora.dpdk.device;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at Unix sockets without connecting to them. */
final class UnixSockets {
    private static final Path LIST = Path.of("/proc/thread-self/net/unix");

    /** {@code __SO_ACCEPTCON}: the socket listens. */
    private static final String LISTENS = "00010000";

    private UnixSockets() {}

    /** Whether a process of this network namespace listens at a path. */
    static boolean isListening(Path socket) {
        String end = " " + socket;
        try {
            return Files.readString(LIST).lines().anyMatch(line -> line.endsWith(end) && line.contains(LISTENS));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a failed connect says that the socket is there and nobody listens. */
    static boolean isRefusal(IOException e) {
        return e instanceof ConnectException || String.valueOf(e.getMessage()).contains("refused");
    }
}
