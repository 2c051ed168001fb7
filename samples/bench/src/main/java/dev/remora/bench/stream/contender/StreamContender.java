package dev.remora.bench.stream.contender;

import dev.remora.bench.pair.Candidate;
import java.net.InetSocketAddress;

/** One way to stream {@link dev.remora.bench.proto.EchoMessage}s to another process and from it. */
public interface StreamContender extends Candidate {
    /**
     * Starts to serve on a free port of loopback.
     *
     * @throws Exception if it cannot run on this machine; the message says why
     */
    StreamServer start() throws Exception;

    /** Connects to a server of the same contender. */
    StreamClient connect(InetSocketAddress server) throws Exception;
}
