package dev.remora.bench.ab.side;

import java.util.List;

/**
 * Where a side runs.
 *
 * @param address of this host, as text
 * @param interfaceName of its link; empty when the processes share one host
 * @param linkMbps rate of the link in Mbit/s; 0 = not limited
 * @param folder where processes of one host find each other; empty when they have hosts of their own
 */
public record SideHost(String address, String interfaceName, int linkMbps, String folder) {
    /** From {@link #toArguments}. */
    public static SideHost parse(List<String> arguments) {
        return new SideHost(arguments.get(0), arguments.get(1), Integer.parseInt(arguments.get(2)), arguments.get(3));
    }

    public List<String> toArguments() {
        return List.of(address, interfaceName, Integer.toString(linkMbps), folder);
    }
}
