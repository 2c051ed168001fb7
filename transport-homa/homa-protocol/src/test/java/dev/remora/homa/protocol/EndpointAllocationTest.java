package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** After warm-up neither end allocates anything, however many RPCs there are: measured, on the whole endpoint. */
class EndpointAllocationTest {
    private static final long CLIENT = 0xffff_0a00_0001L;
    private static final long SERVER = 0xffff_0a00_0002L;
    private static final int PORT = 4000;
    private static final int MTU = 1_500;
    private static final int RING = 1 << 12;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A bounded ring of packets on their way in one direction; all memory is made beforehand. */
    private static final class Wire {
        final MemorySegment memory = MemorySegment.ofArray(new byte[RING * MTU]);
        final int[] lengths = new int[RING];
        int head;
        int size;

        void add(TransmitUnit unit) {
            if (size == RING) {
                throw new IllegalStateException("wire is full");
            }
            int at = (head + size++) & (RING - 1);
            long offset = (long) at * MTU;
            MemorySegment.copy(unit.header, 0, memory, offset, unit.headerLength);
            MemorySegment.copy(
                    unit.payload, unit.payloadOffset, memory, offset + unit.headerLength, unit.payloadLength);
            lengths[at] = unit.headerLength + unit.payloadLength;
        }
    }

    private HomaEndpoint client;
    private HomaEndpoint server;
    private final Wire toServer = new Wire();
    private final Wire toClient = new Wire();
    private final TransmitUnit unit = new TransmitUnit();
    private final HomaEvent event = new HomaEvent();
    private final MemorySegment message = MemorySegment.ofArray(new byte[1_000_000]);
    private long nowNs = 1_000_000_000;
    private long packets;
    private long lost;
    private int finished;
    private int started;
    private int lossEvery = Integer.MAX_VALUE;

    EndpointAllocationTest() {
        begin(false);
    }

    /** @param sharing with another endpoint of the same address, which does nothing */
    private void begin(boolean sharing) {
        HomaConfig config = HomaConfig.standard().with(Tunable.QUARANTINE_NS, 0).with(Tunable.TRACE_EVENTS, 1_024);
        client = endpoint(config.withSeed(1), sharing);
        server = endpoint(config.withSeed(2), sharing);
        server.listen(PORT);
    }

    private HomaEndpoint endpoint(HomaConfig config, boolean sharing) {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(64 << 20);
        return sharing
                ? new HomaEndpoint(config, new AddressState(config, 2, nowNs), 0, buffers, nowNs)
                : new HomaEndpoint(config, buffers, nowNs);
    }

    @ParameterizedTest
    @CsvSource({"100, 64, 5000, 20000", "300000, 6, 200, 300"})
    void norDoThoseOfAShard(int length, int outstanding, int warmUp, int measured) {
        begin(true);
        rpcsAllocateNothing(length, outstanding, warmUp, measured);
    }

    @ParameterizedTest
    @CsvSource({"100, 64, 5000, 20000", "300000, 6, 200, 300"})
    void rpcsAllocateNothing(int length, int outstanding, int warmUp, int measured) {
        rpcs(warmUp, outstanding, length);
        long best = Long.MAX_VALUE;
        long sent = 0;
        for (int round = 0; round < 3 && best != 0; round++) {
            long packetsBefore = packets;
            long before = THREADS.getCurrentThreadAllocatedBytes();
            rpcs(measured, outstanding, length);
            best = Math.min(best, THREADS.getCurrentThreadAllocatedBytes() - before);
            sent = packets - packetsBefore;
        }
        assertThat(finished).isEqualTo(started);
        // Leaves room for what the virtual machine itself may do once, not for an object per thousand packets.
        assertThat(best)
                .as("bytes allocated in %d RPCs of %d bytes, %d packets", measured, length, sent)
                .isLessThan(4_096);
    }

    @Test
    void lossesAndRetransmissionsAllocateNothing() {
        lossEvery = 97;
        rpcs(400, 6, 100_000);
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            rpcs(200, 6, 100_000);
            best = Math.min(best, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(lost).isPositive();
        assertThat(client.metrics().get(Counter.CLIENT_FAILED)).isZero();
        assertThat(best).as("bytes allocated in 200 RPCs with losses").isLessThan(4_096);
    }

    private void rpcs(int count, int outstanding, int length) {
        int target = finished + count;
        while (finished < target) {
            while (started < target && started - finished < outstanding) {
                if (client.sendRequest(0, SERVER, PORT, 32_768, message, 0, length, started, nowNs) == 0) {
                    throw new IllegalStateException("refused");
                }
                started++;
            }
            nowNs += 1_000;
            poll(client, toServer);
            poll(server, toClient);
            deliver(toServer, server, CLIENT);
            deliver(toClient, client, SERVER);
            client.onTick(nowNs);
            server.onTick(nowNs);
            events(client);
            events(server);
        }
    }

    private void poll(HomaEndpoint endpoint, Wire wire) {
        while (endpoint.pollTransmit(unit, nowNs)) {
            packets++;
            if (unit.type == HomaHeader.DATA && packets % lossEvery == 0) {
                lost++;
            } else {
                wire.add(unit);
            }
        }
    }

    private void deliver(Wire wire, HomaEndpoint endpoint, long source) {
        while (wire.size > 0) {
            int at = wire.head;
            wire.head = (at + 1) & (RING - 1);
            wire.size--;
            endpoint.onPacket(0, source, wire.memory, (long) at * MTU, wire.lengths[at], nowNs);
        }
        endpoint.onBurstEnd(nowNs);
    }

    private void events(HomaEndpoint endpoint) {
        while (endpoint.pollEvent(event)) {
            MessageBuffer buffer = event.message;
            if (buffer != null) {
                endpoint.release(buffer);
            }
            switch (event.kind) {
                case REQUEST -> endpoint.sendResponse(event.handle, message, 0, event.length, 1, nowNs);
                case RESPONSE, FAILED -> finished++;
                case RESPONSE_DONE, NONE -> {
                    // the memory is lent for ever
                }
            }
        }
    }
}
