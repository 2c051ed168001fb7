package dev.remora.bench.echo.contender;

import dev.remora.bench.pair.Candidate;
import java.net.InetSocketAddress;

/** One way to send an {@link dev.remora.bench.proto.EchoMessage} to another process and back. */
public interface Contender extends Candidate {
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
