package dev.remora.homa.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.TransmitUnit;
import dev.remora.homa.sim.EventQueue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostNicTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int HEADER = 56;
    private static final int SEGMENT = 1_424;
    private static final int SEQUENCE = 4;
    private static final int SEGMENT_OFFSET = 52;
    private static final int IN_SEQUENCE = -1;

    private final EventQueue events = new EventQueue(1_000);
    private final PacketPool pool = new PacketPool(1_500);
    private final NetParameters net = NetParameters.star(2, 10);
    private final List<byte[]> packets = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private final HostNic nic = new HostNic(events, pool, net, 0, (packet, nowNs) -> {
        byte[] copy = new byte[packet.length()];
        MemorySegment.copy(packet.memory(), ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
        packets.add(copy);
        times.add(nowNs);
        pool.give(packet);
    });
    private final byte[] message = message();

    @Test
    void aCutUnitGivesTheReceiverWhatSinglePacketsGive() {
        nic.send(unit(2_848, 5_000, IN_SEQUENCE), 1, events.nowNs());
        run();
        List<String> cut = contents();
        List<Long> cutTimes = List.copyOf(times);
        packets.clear();
        times.clear();

        HostNic other = new HostNic(events, pool, net, 0, (packet, nowNs) -> {
            byte[] copy = new byte[packet.length()];
            MemorySegment.copy(packet.memory(), ValueLayout.JAVA_BYTE, 0, copy, 0, copy.length);
            packets.add(copy);
            times.add(nowNs);
            pool.give(packet);
        });
        long start = events.nowNs();
        for (int from = 0; from < 5_000; from += SEGMENT) {
            int offset = 2_848 + from;
            other.send(unit(offset, Math.min(SEGMENT, 5_000 - from), offset), 1, start);
        }
        run();
        assertThat(contents()).isEqualTo(cut).hasSize(4);
        assertThat(times.stream().map(t -> t - start))
                .isEqualTo(cutTimes.stream().map(t -> t - 1_000).toList());
    }

    @Test
    void cuttingAdvancesTheSequenceAndCopiesTheRestOfTheHeader() {
        nic.send(unit(0, 3_000, IN_SEQUENCE), 1, events.nowNs());
        run();
        assertThat(packets).hasSize(3);
        for (int i = 0; i < 3; i++) {
            MemorySegment packet = MemorySegment.ofArray(packets.get(i));
            assertThat(packet.get(INT, SEQUENCE)).isEqualTo(i * SEGMENT);
            assertThat(packet.get(INT, SEGMENT_OFFSET)).isEqualTo(IN_SEQUENCE);
            for (int at = 0; at < HEADER; at++) {
                if (at < SEQUENCE || at >= SEQUENCE + 4) {
                    assertThat(packets.get(i)[at]).as("byte %d", at).isEqualTo(packets.getFirst()[at]);
                }
            }
        }
        assertThat(packets.getLast()).hasSize(HEADER + 3_000 - 2 * SEGMENT);
    }

    @Test
    void bytesCountAsQueuedUntilTheyAreOnTheWire() {
        nic.send(unit(0, SEGMENT, 0), 1, 1_000);
        nic.send(unit(SEGMENT, SEGMENT, SEGMENT), 1, 1_000);
        assertThat(nic.queuedBytes(1_000)).isEqualTo(2 * 1_538);
        assertThat(nic.queuedBytes(1_000 + 1_230)).isBetween(1_538L, 1_540L);
        assertThat(nic.queuedBytes(1_000 + 2_461)).isZero();
    }

    @Test
    void theRingIsFullUntilItsOldestUnitHasLeft() {
        int slots = net.ringSlots();
        for (int i = 0; i < slots; i++) {
            assertThat(nic.hasRoom(1_000)).isTrue();
            nic.send(unit(0, SEGMENT, 0), 1, 1_000);
        }
        assertThat(nic.hasRoom(1_000)).isFalse();
        long room = nic.roomAtNs(1_000);
        assertThat(room).isEqualTo(1_000 + net.hostTransmitNs() + 1_231);
        assertThat(nic.hasRoom(room - 1)).isFalse();
        assertThat(nic.hasRoom(room)).isTrue();
    }

    /** Message offset and bytes, found as a receiver finds them. */
    private List<String> contents() {
        List<String> contents = new ArrayList<>();
        for (byte[] bytes : packets) {
            MemorySegment packet = MemorySegment.ofArray(bytes);
            int segment = packet.get(INT, SEGMENT_OFFSET);
            int offset = segment == IN_SEQUENCE ? packet.get(INT, SEQUENCE) : segment;
            for (int i = HEADER; i < bytes.length; i++) {
                assertThat(bytes[i]).isEqualTo(message[offset + i - HEADER]);
            }
            contents.add(offset + "+" + (bytes.length - HEADER));
        }
        return contents;
    }

    private TransmitUnit unit(int offset, int length, int segmentOffset) {
        TransmitUnit unit = new TransmitUnit();
        unit.headerLength = HEADER;
        for (int i = 0; i < HEADER; i++) {
            unit.header.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7));
        }
        unit.header.set(INT, SEQUENCE, offset);
        unit.header.set(INT, SEGMENT_OFFSET, segmentOffset);
        unit.payload = MemorySegment.ofArray(message);
        unit.payloadOffset = offset;
        unit.payloadLength = length;
        unit.segmentBytes = SEGMENT;
        unit.messageOffset = offset;
        return unit;
    }

    private static byte[] message() {
        byte[] bytes = new byte[20_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        return bytes;
    }

    private void run() {
        while (events.step()) {}
    }
}
