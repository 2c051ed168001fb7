package dev.remora.runtime.balance;

import dev.remora.runtime.resolve.ServerAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The part of many servers that one client uses. All servers are shuffled and cut into subsets, and each client takes one:
 * clients 0 to k-1 the k subsets of a first shuffle, the next k those of a second one, and so on, which gives every server the
 * same number of clients (Beyer and others, Site Reliability Engineering, chapter 20). The shuffle is by a hash of each
 * address, so a server that comes or goes moves few others between subsets. A client without a number has a shuffle of its
 * own, by its key. Each priority is cut by itself.
 */
final class Subset {
    private final int size;
    private final int client;
    private final long key;

    /**
     * @param size servers per priority at most
     * @param client its number, or -1
     * @param key decides instead if the number is -1
     */
    Subset(int size, int client, long key) {
        this.size = size;
        this.client = client;
        this.key = key;
    }

    /** In the order they came in. */
    List<ServerAddress> of(List<ServerAddress> all) {
        if (all.size() <= size) {
            return all;
        }
        TreeMap<Integer, List<ServerAddress>> byPriority = new TreeMap<>();
        all.forEach(server -> byPriority
                .computeIfAbsent(server.priority(), p -> new ArrayList<>())
                .add(server));
        Set<ServerAddress> chosen = new HashSet<>();
        byPriority.values().forEach(servers -> chosen.addAll(cut(servers)));
        return all.stream().filter(chosen::contains).toList();
    }

    private List<ServerAddress> cut(List<ServerAddress> servers) {
        if (servers.size() <= size) {
            return servers;
        }
        int subsets = servers.size() / size;
        long seed = client < 0 ? key : StableHash.mix(client / subsets + 1L);
        int first = client < 0 ? 0 : client % subsets * size;
        return servers.stream()
                .sorted(Comparator.comparingLong(
                        server -> StableHash.of(StableHash.of(server.endpoint().toString()), seed)))
                .toList()
                .subList(first, first + size);
    }
}
