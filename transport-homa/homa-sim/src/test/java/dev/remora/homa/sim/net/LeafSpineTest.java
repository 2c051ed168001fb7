package dev.remora.homa.sim.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.sim.EventQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeafSpineTest {
    private static final int FULL = 1_480;

    private final EventQueue events = new EventQueue(1_000);
    private final PacketPool pool = new PacketPool(1_500);

    @Test
    void everyHostReachesEveryOther() {
        NetParameters net = NetParameters.racks(3, 4, 10);
        LeafSpine network = new LeafSpine(events, pool, net, 1);
        List<String> arrived = new ArrayList<>();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            int host = i;
            network.attach(host, (packet, nowNs) -> {
                assertThat(packet.destination()).isEqualTo(host);
                arrived.add(packet.source() + ">" + host);
                pool.give(packet);
            });
        }
        for (int from = 0; from < 12; from++) {
            for (int to = 0; to < 12; to++) {
                if (from != to) {
                    sent.add(from + ">" + to);
                    network.ingress(from).onPacket(packet(from, to), events.nowNs());
                }
            }
        }
        run();
        assertThat(arrived).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(pool.out()).isZero();
        assertThat(network.drops()).isZero();
    }

    @Test
    void packetsForAnotherRackAreSprayedEvenlyOverTheCore() {
        LeafSpine network = sprayed(5, 4_000);
        for (int spine = 0; spine < 4; spine++) {
            assertThat(network.uplink(0, spine).sentPackets())
                    .as("spine %d", spine)
                    .isBetween(900L, 1_100L);
            assertThat(network.uplink(1, spine).sentPackets()).isZero();
        }
    }

    @Test
    void sprayingFollowsFromTheSeed() {
        assertThat(counts(sprayed(5, 500))).isEqualTo(counts(sprayed(5, 500)));
        assertThat(counts(sprayed(5, 500))).isNotEqualTo(counts(sprayed(6, 500)));
    }

    @Test
    void packetsWithinARackStayThere() {
        LeafSpine network = new LeafSpine(events, pool, NetParameters.paper(), 1);
        network.ingress(0).onPacket(packet(0, 15), events.nowNs());
        run();
        assertThat(counts(network)).containsOnly(0L);
        assertThat(network.edge(15).sentPackets()).isEqualTo(1);
    }

    @Test
    void thePapersNetworkHasTheRttBytesOfThePaper() {
        NetParameters net = NetParameters.paper();
        assertThat(net.hosts()).isEqualTo(144);
        assertThat(net.spines()).isEqualTo(4);
        assertThat(net.roundTripNs() * 10 / 8).isBetween(9_600L, 9_800L);
    }

    @Test
    void shapesThatMakeNoNetworkAreRefused() {
        assertThatThrownBy(() -> NetParameters.star(1, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NetParameters.star(2, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NetParameters.star(2, 7)).hasMessageContaining("8000");
    }

    private LeafSpine sprayed(long seed, int packets) {
        LeafSpine network = new LeafSpine(events, pool, NetParameters.paper(), seed);
        for (int i = 0; i < packets; i++) {
            network.ingress(0).onPacket(packet(0, 20), events.nowNs());
            events.runUntil(events.nowNs() + 2_000);
        }
        run();
        return network;
    }

    private static List<Long> counts(LeafSpine network) {
        List<Long> counts = new ArrayList<>();
        for (int spine = 0; spine < 4; spine++) {
            counts.add(network.uplink(0, spine).sentPackets());
        }
        return counts;
    }

    private SimPacket packet(int from, int to) {
        SimPacket packet = pool.take();
        packet.fill(FULL, 0, from, to);
        return packet;
    }

    private void run() {
        while (events.step()) {}
    }
}
