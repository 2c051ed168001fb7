package dev.remora.bench.testbed;

import java.util.List;

/**
 * What an interface has sent, dropped and holds since it was made. Bytes count Ethernet's header, without its checksum.
 *
 * @param host index of the host that the port leads to
 * @param sentBytes out of the queues
 * @param sentPackets out of the queues
 * @param drops packets for which there was no room
 * @param backlogBytes that wait
 * @param backlogPackets that wait
 * @param levels the same for each level of priority, 0 first
 */
public record PortCounters(
        int host,
        long sentBytes,
        long sentPackets,
        long drops,
        long backlogBytes,
        long backlogPackets,
        List<Level> levels) {
    public PortCounters {
        levels = List.copyOf(levels);
    }

    /**
     * One level's queue.
     *
     * @param level 0 to 7, 7 the most urgent
     */
    public record Level(
            int level, long sentBytes, long sentPackets, long drops, long backlogBytes, long backlogPackets) {}
}
