package dev.remora.homa.net;

import dev.remora.homa.net.neighbour.NeighbourTable;
import dev.remora.homa.net.neighbour.NeighbourTimes;
import java.util.random.RandomGenerator;

/** What all ports of one interface share. */
final class InterfaceState {
    /** Neighbours known at most: more than hosts in one broadcast domain. */
    static final int MAX_NEIGHBOURS = 4096;

    final InterfaceSettings settings;
    final Routes routes;
    final NeighbourTable neighbours;
    final PathMtus pathMtus;
    final PortNotices notices = new PortNotices();

    /** @param deviceMtu smallest of its queues */
    InterfaceState(InterfaceSettings settings, NeighbourTimes times, int deviceMtu) {
        this.settings = settings;
        routes = new Routes(settings);
        long seed = RandomGenerator.getDefault().nextLong();
        neighbours = new NeighbourTable(times, MAX_NEIGHBOURS, seed, settings.neighbours());
        pathMtus = new PathMtus(mtu(settings, deviceMtu));
    }

    static int mtu(InterfaceSettings settings, int deviceMtu) {
        return settings.mtu() == 0 ? deviceMtu : Math.min(settings.mtu(), deviceMtu);
    }
}
