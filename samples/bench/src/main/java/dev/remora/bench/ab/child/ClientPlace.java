package dev.remora.bench.ab.child;

import dev.remora.bench.ab.side.SideHost;
import java.util.List;

/**
 * Where a client runs, and whom it calls, as it goes to its process.
 *
 * @param servers {@code ADDRESS:PORT}
 */
public record ClientPlace(SideHost host, List<String> servers) {}
