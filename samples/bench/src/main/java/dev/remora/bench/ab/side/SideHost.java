package dev.remora.bench.ab.side;

import dev.remora.bench.testbed.NamespaceThread;

/**
 * Where a side runs.
 *
 * @param namespace its network, as {@code ip netns} names it; empty when the processes share one host
 * @param address of this host, as text
 * @param interfaceName of its link; empty when the processes share one host
 * @param linkMbps rate of the link in Mbit/s; 0 = not limited
 * @param folder where processes of one host find each other; empty when they have hosts of their own
 */
public record SideHost(String namespace, String address, String interfaceName, int linkMbps, String folder) {
    /** Has the calling thread, and those that it starts later, live in it from now on. */
    public void enter() {
        if (!namespace.isEmpty()) {
            NamespaceThread.enter(namespace);
        }
    }
}
