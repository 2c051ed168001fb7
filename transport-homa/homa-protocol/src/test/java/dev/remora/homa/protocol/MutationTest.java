package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Valid packets of all types, of RPCs that are alive, changed at random and thrown at both ends while these do their work.
 * RPCs may fail under it; nothing may be thrown, the state stays sound and bounded, and when it is over all of it goes and
 * the ends work as before.
 */
class MutationTest {
    private static final long[] ADDRESSES = {0xffff_0a00_0001L, 0xffff_0a00_0002L, 0xffff_0a00_0003L, 0xffff_0a00_0004L
    };
    private static final int PORT = 4000;
    private static final int MUTATIONS = 60_000;
    private static final int MAX_SERVER_RPCS = 256;
    private static final int MAX_PEERS = 3;
    private static final long BUFFER_BYTES = 16 << 20;
    private static final int[] VALUES = {
        0, 1, -1, -2, 7, 8, 255, 1_424, 65_535, 999_999, 1_000_000, 1_000_001, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment message = MemorySegment.ofArray(new byte[1_000_000]);
    private final SlabMessageBuffers[] buffers = {
        SlabMessageBuffers.heap(BUFFER_BYTES), SlabMessageBuffers.heap(BUFFER_BYTES)
    };
    private final HomaEndpoint[] ends = new HomaEndpoint[2];
    private final List<List<byte[]>> wires = List.of(new ArrayList<>(), new ArrayList<>());
    /** Packets seen, of each type and direction. */
    private final byte[][][] seen = new byte[2 * 9 * 16][][];

    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();
    private SplittableRandom random = new SplittableRandom(0);
    private long nowNs = 1_000_000_000;
    private int responses;
    private int failures;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void mutatedPacketsDoNoLastingHarm(long seed) {
        random = new SplittableRandom(seed);
        HomaConfig config = HomaConfig.standard()
                .with(Tunable.QUARANTINE_NS, 0)
                .with(Tunable.MAX_SERVER_RPCS, MAX_SERVER_RPCS)
                .with(Tunable.MAX_SERVER_RPCS_PER_PEER, 100)
                .with(Tunable.MAX_PEERS, MAX_PEERS)
                .with(Tunable.MAX_TOMBSTONES, 64)
                .with(Tunable.TRACE_EVENTS, 64)
                .with(Tunable.GAP_RESEND_RTTS, seed % 2)
                .with(Tunable.NUM_PRIORITIES, seed == 3 ? 1 : 8);
        for (int i = 0; i < 2; i++) {
            ends[i] = new HomaEndpoint(config.withSeed(seed * 10 + i), buffers[i], nowNs);
            ends[i].listen(PORT);
        }
        int mutations = 0;
        while (mutations < MUTATIONS) {
            nowNs += random.nextInt(40) == 0 ? random.nextInt(3_000_000) : random.nextInt(20_000);
            for (int i = 0; i < 2; i++) {
                if (ends[i].clientRpcs() < 12) {
                    request(i, 1 + random.nextInt(random.nextBoolean() ? 2_000 : 200_000));
                }
            }
            round(seed, true);
            for (int n = random.nextInt(8); n > 0; n--) {
                inject(seed);
                mutations++;
            }
        }
        assertThat(responses).as("responses under fire, seed %d", seed).isPositive();

        // Ten times the time in which a living peer that never acknowledges is given up, and more.
        for (int ms = 0; ms < 13_000; ms++) {
            nowNs += 1_000_000;
            round(seed, false);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(ends[i].clientRpcs())
                    .as("client RPCs of %d, seed %d", i, seed)
                    .isZero();
            assertThat(ends[i].serverRpcs())
                    .as("server RPCs of %d, seed %d", i, seed)
                    .isZero();
            assertThat(ends[i].totalIncoming())
                    .as("incoming of %d, seed %d", i, seed)
                    .isZero();
            assertThat(ends[i].grantable())
                    .as("grantable of %d, seed %d", i, seed)
                    .isZero();
            assertThat(buffers[i].inUse()).as("buffers of %d, seed %d", i, seed).isZero();
        }
        responses = 0;
        failures = 0;
        for (int i = 0; i < 20; i++) {
            request(i & 1, 1 + i * 9_000);
        }
        for (int us = 0; us < 40_000; us += 5) {
            nowNs += 5_000;
            round(seed, false);
        }
        assertThat(responses).as("responses afterwards, seed %d", seed).isEqualTo(20);
        assertThat(failures).as("failures afterwards, seed %d", seed).isZero();
    }

    private void request(int from, int length) {
        ends[from].sendRequest(0, ADDRESSES[1 - from], PORT, 32_768, message, 0, length, 0, nowNs);
    }

    private void round(long seed, boolean lossy) {
        for (int i = 0; i < 2; i++) {
            transmit(i);
        }
        for (int i = 0; i < 2; i++) {
            List<byte[]> wire = wires.get(i);
            for (byte[] packet : wire) {
                if (!lossy || random.nextInt(50) != 0) {
                    ends[i].onPacket(0, ADDRESSES[1 - i], MemorySegment.ofArray(packet), 0, packet.length, nowNs);
                }
            }
            wire.clear();
            ends[i].onBurstEnd(nowNs);
            ends[i].onTick(nowNs);
            events(i);
            check(i, seed);
        }
    }

    private void transmit(int from) {
        HomaEndpoint end = ends[from];
        while (end.pollTransmit(unit, nowNs)) {
            byte[] packet = new byte[unit.headerLength + unit.payloadLength];
            MemorySegment target = MemorySegment.ofArray(packet);
            MemorySegment.copy(unit.header, 0, target, 0, unit.headerLength);
            MemorySegment.copy(unit.payload, unit.payloadOffset, target, unit.headerLength, unit.payloadLength);
            assertThat(unit.level).isBetween(0, 7);
            int kind = (from * 9 + unit.type - HomaHeader.DATA) * 16;
            seen[kind + random.nextInt(16)] = new byte[][] {packet};
            if (unit.peerLow == ADDRESSES[1 - from]) {
                wires.get(1 - from).add(packet);
            }
        }
    }

    private void events(int of) {
        HomaEndpoint end = ends[of];
        while (end.pollEvent(event)) {
            MessageBuffer buffer = event.message;
            if (buffer != null) {
                assertThat(event.length).isBetween(1, 1_000_000);
                end.release(buffer);
            }
            switch (event.kind) {
                case REQUEST -> end.sendResponse(event.handle, message, 0, 1 + random.nextInt(30_000), 0, nowNs);
                case RESPONSE -> responses++;
                case FAILED -> failures++;
                case RESPONSE_DONE, NONE -> {
                    // nothing to free
                }
            }
        }
    }

    private void inject(long seed) {
        byte[][] holder = seen[random.nextInt(seen.length)];
        byte[] model = holder == null ? synthetic() : holder[0];
        int length = model.length;
        // Room behind the packet as in a NIC's buffer: a length that lies must not be believed.
        byte[] packet = new byte[2_048];
        System.arraycopy(model, 0, packet, 0, length);
        MemorySegment memory = MemorySegment.ofArray(packet);
        switch (random.nextInt(6)) {
            case 0 -> length = random.nextInt(1_481);
            case 1 -> length = Math.max(0, length - 1 - random.nextInt(60));
            case 2 -> packet[11] = (byte) (HomaHeader.DATA + random.nextInt(10));
            default -> {
                // only the bytes
            }
        }
        for (int n = random.nextInt(4); n > 0; n--) {
            packet[random.nextInt(HomaHeader.DATA_BYTES)] = (byte) random.nextInt(256);
        }
        for (int n = random.nextInt(3); n > 0; n--) {
            memory.set(INT, 28 + 4L * random.nextInt(8), VALUES[random.nextInt(VALUES.length)]);
        }
        if (random.nextInt(8) == 0) {
            memory.set(LONG, 20, HomaHeader.senderId(memory, 0) ^ 1L << random.nextInt(64));
        }
        int to = random.nextInt(2);
        long source = random.nextInt(4) == 0 ? ADDRESSES[random.nextInt(4)] : ADDRESSES[1 - to];
        try {
            ends[to].onPacket(0, source, memory, 0, length, nowNs);
            if (random.nextBoolean()) {
                ends[to].onBurstEnd(nowNs);
            }
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ", type " + HomaHeader.type(memory, 0) + ", length " + length, e);
        }
        check(to, seed);
    }

    private byte[] synthetic() {
        byte[] packet = new byte[HomaHeader.DATA_BYTES + random.nextInt(1_400)];
        MemorySegment memory = MemorySegment.ofArray(packet);
        int type = HomaHeader.DATA + random.nextInt(9);
        HomaHeader.writeCommon(memory, 0, 32_768, PORT, 0, type, 5, 2L * random.nextInt(1 << 20));
        HomaHeader.writeData(memory, 0, 1 + random.nextInt(1_000_000), random.nextInt(), 0, 0, 1, false, 0, 0);
        return packet;
    }

    private void check(int of, long seed) {
        HomaEndpoint end = ends[of];
        String wrong = end.checkInvariants();
        if (wrong != null) {
            throw new AssertionError("seed " + seed + ", end " + of + ": " + wrong);
        }
        int rpcs = end.clientRpcs() + end.serverRpcs();
        if (end.serverRpcs() > MAX_SERVER_RPCS
                || end.peers() > MAX_PEERS
                || buffers[of].inUse() > rpcs
                || end.grantable() > rpcs
                || end.totalIncoming() < 0
                || end.totalIncoming() > rpcs * 1_000_000L) {
            throw new AssertionError("seed " + seed + ", end " + of + ": " + rpcs + " RPCs, " + end.peers()
                    + " peers, " + buffers[of].inUse() + " buffers, " + end.grantable() + " grantable, "
                    + end.totalIncoming() + " incoming");
        }
    }
}
