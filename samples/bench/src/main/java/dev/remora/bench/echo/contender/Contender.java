package dev.remora.bench.echo.contender;

import java.net.InetSocketAddress;
import java.util.List;

/** One way to send an {@link dev.remora.bench.proto.EchoMessage} to another process and back. */
public interface Contender {
    /** In options, tables and files; lower case words joined by '-'. */
    String name();

    /** What it is and how it is tuned, in one line. */
    String description();

    /** Flags that only the child processes of this contender get, before the class name. */
    default List<String> jvmFlags() {
        return List.of();
    }

    /** The most calls it can have outstanding; cases beyond it are left out. */
    default int maxOutstanding() {
        return Integer.MAX_VALUE;
    }

    /**
     * Starts to serve echoes on a free port of loopback.
     *
     * @throws Exception if it cannot run on this machine; the message says why
     */
    EchoServer start() throws Exception;

    /** Connects to a server of the same contender. */
    EchoClient connect(InetSocketAddress server) throws Exception;
}
