package dev.remora.homa.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.Counter;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaEvent;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The ring is read through an endpoint, to which each packet is a request of one packet. */
class PacketRingTest {
    private static final int PORT = 4_000;
    private static final int MOST = 60_000;

    private final PacketRing ring = new PacketRing();
    private final HomaEndpoint endpoint = new HomaEndpoint(
            HomaConfig.standard().with(Tunable.QUARANTINE_NS, 0), SlabMessageBuffers.heap(64 << 20), 0);
    private final HomaEvent event = new HomaEvent();

    PacketRingTest() {
        endpoint.listen(PORT);
    }

    private static MemorySegment request(long id, int dataBytes) {
        MemorySegment packet = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES + dataBytes]);
        HomaHeader.writeCommon(packet, 0, 33_000, PORT, 0, HomaHeader.DATA, HomaHeader.DATA_WORDS, id);
        HomaHeader.writeData(packet, 0, dataBytes, dataBytes, 0, 0, 0, false, 0, 0);
        for (int i = 0; i < dataBytes; i++) {
            packet.set(ValueLayout.JAVA_BYTE, HomaHeader.DATA_BYTES + i, (byte) (id + i));
        }
        return packet;
    }

    private boolean add(long source, long id, int dataBytes) {
        MemorySegment packet = request(id, dataBytes);
        return ring.add(0, source, packet, 0, (int) packet.byteSize());
    }

    /** Ids of the requests that the endpoint has got, each checked to be whole. */
    private List<Long> delivered(int most) {
        ring.deliver(endpoint, most, 0);
        endpoint.onBurstEnd(0);
        List<Long> ids = new ArrayList<>();
        while (endpoint.pollEvent(event)) {
            assertThat(event.kind).isEqualTo(HomaEvent.Kind.REQUEST);
            long id = event.rpcId ^ 1;
            MessageBuffer message = Objects.requireNonNull(event.message);
            for (int i = 0; i < event.length; i += 97) {
                assertThat(message.memory().get(ValueLayout.JAVA_BYTE, message.offset() + i))
                        .as("byte %d of request %d", i, id)
                        .isEqualTo((byte) (id + i));
            }
            ids.add(id);
            endpoint.release(message);
            endpoint.abort(event.handle, RpcError.ABORTED, 0);
        }
        return ids;
    }

    @Test
    void packetsComeOutAsTheyWentIn() {
        assertThat(ring.isEmpty()).isTrue();
        assertThat(add(5, 2, 1)).isTrue();
        assertThat(add(6, 4, 1_400)).isTrue();
        assertThat(add(5, 6, MOST)).isTrue();
        assertThat(ring.isEmpty()).isFalse();
        assertThat(delivered(2)).containsExactly(2L, 4L);
        assertThat(delivered(2)).containsExactly(6L);
        assertThat(ring.isEmpty()).isTrue();
        assertThat(endpoint.peers()).isEqualTo(2);
    }

    /** An engine that waited for it would keep the writer from its CPU. */
    @Test
    void aPlaceThatIsTakenAndNotFilledIsNothingYet() {
        MemorySegment packet = request(2, 10);
        int length = (int) packet.byteSize();
        long place = ring.claim(length);
        assertThat(ring.isEmpty()).isTrue();
        assertThat(add(5, 4, 10)).as("a faster writer").isTrue();
        assertThat(ring.isEmpty()).as("the first one is still missing").isTrue();
        assertThat(delivered(2)).isEmpty();
        ring.fill(place, 0, 5, packet, 0, length);
        assertThat(ring.isEmpty()).isFalse();
        assertThat(delivered(2)).containsExactly(2L, 4L);
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void aPacketBeyondItsMemoryTakesNoPlace() {
        MemorySegment packet = request(2, 10);
        assertThatThrownBy(() -> ring.add(0, 5, packet, 8, (int) packet.byteSize()))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(add(5, 4, 10)).isTrue();
        assertThat(delivered(2)).containsExactly(4L);
    }

    @Test
    void whatDoesNotFitIsRefusedAndTheOrderStaysOverManyRounds() {
        long seed = 7;
        Random random = new Random(seed);
        long nextIn = 2;
        long nextOut = 2;
        int refusals = 0;
        for (int round = 0; round < 400; round++) {
            for (int i = random.nextInt(40); i > 0; i--) {
                if (add(5, nextIn, 1 + random.nextInt(random.nextBoolean() ? 100 : MOST))) {
                    nextIn += 2;
                } else {
                    refusals++;
                }
            }
            for (long id : delivered(1 + random.nextInt(40))) {
                assertThat(id).as("seed %d", seed).isEqualTo(nextOut);
                nextOut += 2;
            }
        }
        while (!ring.isEmpty()) {
            for (long id : delivered(64)) {
                assertThat(id).isEqualTo(nextOut);
                nextOut += 2;
            }
        }
        assertThat(nextOut).isEqualTo(nextIn);
        assertThat(refusals).as("seed %d", seed).isPositive();
        assertThat(nextIn).isGreaterThan(2_000);
    }

    @Test
    void severalThreadsAddAndNothingIsLostOrTorn() throws InterruptedException {
        int writers = 3;
        int each = 5_000;
        AtomicInteger running = new AtomicInteger(writers);
        List<Thread> threads = new ArrayList<>();
        for (int w = 0; w < writers; w++) {
            long writer = w;
            threads.add(Thread.ofPlatform().start(() -> {
                Random random = new Random(writer);
                for (long i = 1; i <= each; ) {
                    if (add(5 + writer, writer << 32 | 2 * i, 1 + random.nextInt(3_000))) {
                        i++;
                    } else {
                        Thread.onSpinWait();
                    }
                }
                running.decrementAndGet();
            }));
        }
        long[] next = {2, 2, 2};
        boolean more = true;
        while (more) {
            more = running.get() > 0 || !ring.isEmpty();
            for (long id : delivered(64)) {
                int writer = (int) (id >>> 32);
                assertThat(id & 0xffff_ffffL).as("writer %d", writer).isEqualTo(next[writer]);
                next[writer] += 2;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(next).containsOnly(2 + 2 * each);
        assertThat(endpoint.metrics().get(Counter.SHORT_PACKETS)).isZero();
    }
}
