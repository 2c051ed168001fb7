package dev.remora.bench.ab;

import dev.remora.bench.ab.side.Side;
import java.util.List;

/**
 * What to compare, and how.
 *
 * @param sides the first is the baseline
 * @param workloads names or files of size distributions
 * @param load fraction of the servers' links; ignored in closed loop
 * @param outstanding per client in closed loop; 0 = open loop
 * @param cutBytes largest request
 * @param responseBytes 0 = as large as the request
 * @param linkMbps rate of each link; 0 = processes of one host, no testbed
 */
record AbPlan(
        List<Side> sides,
        List<String> workloads,
        double load,
        int outstanding,
        int cutBytes,
        int responseBytes,
        Pattern pattern,
        int clients,
        int servers,
        int linkMbps,
        int bufferBytes,
        int mtu,
        String congestionControl,
        boolean offloads,
        Preparation preparation,
        double warmUpSeconds,
        double seconds,
        int rounds,
        long seed,
        String experiment) {
    /** What a client may have under way, as in the kernel module's benchmark. */
    static final int MAX_OUTSTANDING = 200;

    AbPlan {
        sides = List.copyOf(sides);
        workloads = List.copyOf(workloads);
    }

    /** Hosts of the testbed. */
    int hosts() {
        return pattern == Pattern.ALL_TO_ALL ? Math.max(clients, servers) : clients + servers;
    }

    /** Host of a client, by index. */
    int clientHost(int client) {
        return pattern == Pattern.ALL_TO_ALL ? client : servers + client;
    }

    int clientCount() {
        return pattern == Pattern.ALL_TO_ALL ? hosts() : clients;
    }

    int serverCount() {
        return pattern == Pattern.ALL_TO_ALL ? hosts() : servers;
    }

    /** The sides of a round, each beginning another one. */
    List<Side> turns(int round) {
        int first = (round - 1) % sides.size();
        return java.util.stream.Stream.concat(
                        sides.subList(first, sides.size()).stream(), sides.subList(0, first).stream())
                .toList();
    }

    boolean onTestbed() {
        return linkMbps > 0;
    }

    /** How long it takes at least. */
    double estimateSeconds() {
        double turn = 4 + workloads.size() * (warmUpSeconds + seconds + 2);
        return sides.size() * (rounds * turn + preparation.estimateSeconds(rounds, workloads.size()));
    }
}
