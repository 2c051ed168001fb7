package dev.remora.bench.ab.side;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** One of those compared. */
public interface Side {
    /** In options, tables and files; lower case words joined by '-'. */
    String name();

    /** What it is and how it is tuned, in one line. */
    String description();

    /** Between each client and server; 0 = it knows none. */
    int connections();

    /** What was set otherwise than by default, by name. */
    Map<String, String> settings(SideHost host);

    /** What the names of the threads begin with that send and receive for it, in the first 15 characters. */
    String packetThreads();

    /** Serves {@code remora.bench.Load} on a free port of the host. */
    SideServer serve(SideHost host) throws Exception;

    /** Calls servers of the same side. */
    SideClient connect(SideHost host, List<InetSocketAddress> servers) throws Exception;
}
