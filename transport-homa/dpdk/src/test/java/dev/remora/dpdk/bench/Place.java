package dev.remora.dpdk.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * Where one end of a run is.
 *
 * @param server the vhost end, which is there first; else the virtio-user end
 * @param socket between the two
 * @param cpu it may use, for everything it does
 * @param hugepages whether DPDK's memory is in them
 * @param prefix of EAL's files
 */
record Place(boolean server, Path socket, int cpu, boolean hugepages, String prefix) {
    List<String> pinning() {
        return List.of("taskset", "-c", Integer.toString(cpu));
    }
}
