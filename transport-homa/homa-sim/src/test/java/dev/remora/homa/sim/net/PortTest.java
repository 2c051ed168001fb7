package dev.remora.homa.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.sim.EventQueue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortTest {
    private static final int FULL = 1_480;
    /** 1,480 + 34 + 24 bytes at 0.8 ns. */
    private static final double FULL_NS = 1_230.4;

    private static final long LATENCY_NS = 100;

    private final EventQueue events = new EventQueue(1_000);
    private final PacketPool pool = new PacketPool(1_500);
    private final SharedBuffer buffer = new SharedBuffer(10 * 1_538);
    private final List<Integer> arrived = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final Port port = new Port(events, pool, buffer, 10, LATENCY_NS, (packet, nowNs) -> {
        arrived.add(packet.source());
        times.add(nowNs);
        pool.give(packet);
    });

    @Test
    void anIdlePortSendsAtOnceAndThePacketArrivesWithItsLastBit() {
        offer(1, 0, FULL);
        run();
        assertThat(times).containsExactly(1_000 + (long) Math.ceil(FULL_NS) + LATENCY_NS);
    }

    @Test
    void packetsBackToBackLoseNothingToRounding() {
        for (int i = 0; i < 10; i++) {
            offer(i, 0, FULL);
        }
        run();
        assertThat(times.getLast()).isEqualTo(1_000 + 12_304 + LATENCY_NS);
    }

    @Test
    void theMostUrgentWaitingPacketGoesNextWithoutInterruptingTheOneOnTheWire() {
        offer(1, 0, FULL);
        offer(2, 3, FULL);
        offer(3, 7, FULL);
        offer(4, 5, FULL);
        run();
        assertThat(arrived).containsExactly(1, 3, 4, 2);
    }

    @Test
    void packetsOfOneLevelKeepTheirOrder() {
        for (int i = 1; i <= 6; i++) {
            offer(i, i % 2, FULL);
        }
        run();
        // the first was sent at once
        assertThat(arrived).containsExactly(1, 3, 5, 2, 4, 6);
    }

    @Test
    void aPacketThatComesWhileLowerOnesWaitOvertakesThem() {
        offer(1, 0, FULL);
        offer(2, 0, FULL);
        offer(3, 0, FULL);
        events.runUntil(1_000 + 1_300);
        offer(4, 7, 60);
        run();
        assertThat(arrived).containsExactly(1, 2, 4, 3);
    }

    @Test
    void whoFindsTheBufferFullIsDroppedAndCounted() {
        for (int i = 0; i < 14; i++) {
            offer(i, 0, FULL);
        }
        assertThat(port.drops()).isEqualTo(3);
        assertThat(buffer.drops()).isEqualTo(3);
        assertThat(port.queuedBytes()).isEqualTo(10 * 1_538);
        run();
        assertThat(arrived).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(buffer.used()).isZero();
        assertThat(pool.out()).isZero();
    }

    @Test
    void portsOfOneSwitchShareItsBuffer() {
        Port other = new Port(events, pool, buffer, 10, 0, (packet, nowNs) -> pool.give(packet));
        for (int i = 0; i < 11; i++) {
            offer(i, 0, FULL);
        }
        other.onPacket(packet(20, 0, FULL), events.nowNs());
        other.onPacket(packet(21, 0, FULL), events.nowNs());
        assertThat(other.drops()).isEqualTo(1);
        run();
    }

    @Test
    void theLongestQueueIsRememberedUntilReset() {
        for (int i = 0; i < 5; i++) {
            offer(i, 0, FULL);
        }
        run();
        assertThat(port.queuedBytes()).isZero();
        assertThat(port.maxQueuedBytes()).isEqualTo(4 * 1_538);
        port.resetStatistics();
        assertThat(port.maxQueuedBytes()).isZero();
    }

    @Test
    void shortPacketsArePaddedToAnEthernetFrame() {
        assertThat(SimPacket.wireBytes(0)).isEqualTo(84);
        assertThat(SimPacket.wireBytes(33)).isEqualTo(33 + 20 + 14 + 24);
        assertThat(SimPacket.wireBytes(FULL)).isEqualTo(1_538);
    }

    private void offer(int name, int level, int length) {
        port.onPacket(packet(name, level, length), events.nowNs());
    }

    private SimPacket packet(int name, int level, int length) {
        SimPacket packet = pool.take();
        packet.fill(length, level, name, 0);
        return packet;
    }

    private void run() {
        while (events.step()) {}
    }
}
