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
    final int mtu;
    /** Whether frames of our VLAN come without their tag. */
    final boolean takesTagsOff;

    final RateWatch rate;
    final PortNotices notices = new PortNotices();

    /**
     * @param deviceMtu smallest of its queues
     * @param deviceMbps what its queues say
     * @param takesTagsOff see {@link InterfaceDevice#takesTagsOff}
     */
    InterfaceState(
            InterfaceSettings settings, NeighbourTimes times, int deviceMtu, int deviceMbps, boolean takesTagsOff) {
        this.settings = settings;
        routes = new Routes(settings);
        long seed = RandomGenerator.getDefault().nextLong();
        neighbours = new NeighbourTable(times, MAX_NEIGHBOURS, seed, settings.neighbours());
        mtu = mtu(settings, deviceMtu);
        this.takesTagsOff = takesTagsOff;
        rate = new RateWatch(routes.addresses(), settings.linkMbps() == 0 ? deviceMbps : settings.linkMbps());
    }

    static int mtu(InterfaceSettings settings, int deviceMtu) {
        return settings.mtu() == 0 ? deviceMtu : Math.min(settings.mtu(), deviceMtu);
    }
}
