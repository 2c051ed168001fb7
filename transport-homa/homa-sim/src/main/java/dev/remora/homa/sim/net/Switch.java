package dev.remora.homa.sim.net;

import java.util.SplittableRandom;

/**
 * A switch that stores and forwards. The delay of its inside is part of the latency of the links that lead to it. Where
 * several ports lead to a destination, each packet takes one at random, as in the network of the SIGCOMM'18 paper: flows
 * cannot collide on one path, and packets may overtake each other.
 */
public final class Switch implements PacketSink {
    private final Port[] ports;
    /** First port of each destination, and how many from there lead to it. */
    private final int[] first;

    private final int[] count;
    private final SplittableRandom random;

    /**
     * @param first for each destination host the first port that leads to it
     * @param count for each destination host how many adjacent ports do
     */
    public Switch(Port[] ports, int[] first, int[] count, long seed) {
        this.ports = ports.clone();
        this.first = first.clone();
        this.count = count.clone();
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void onPacket(SimPacket packet, long nowNs) {
        int to = packet.destination();
        int port = first[to];
        int choices = count[to];
        if (choices > 1) {
            port += random.nextInt(choices);
        }
        ports[port].onPacket(packet, nowNs);
    }
}
