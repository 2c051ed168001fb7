package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Messages whose first bytes are not in front of the others. */
class LeadTest {
    private static final int LENGTH = 300_000;
    private static final int LEAD = 17;

    private final Pair pair = new Pair();
    private final byte[] content = Pair.content(LENGTH, 3);
    private final MemorySegment lead = MemorySegment.ofArray(Arrays.copyOf(content, LEAD));
    /** The rest stands behind something else. */
    private final MemorySegment memory = MemorySegment.ofArray(new byte[LENGTH + 100]);

    LeadTest() {
        MemorySegment.copy(content, LEAD, memory, ValueLayout.JAVA_BYTE, 100, LENGTH - LEAD);
    }

    private void request() {
        long handle = pair.client.sendRequest(
                0, Pair.SERVER, Pair.SERVER_PORT, Pair.CLIENT_PORT, lead, memory, 100, LENGTH, 1, pair.nowNs);
        assertThat(handle).isNotZero();
    }

    /** What the packets of one direction carried. */
    private byte[] carried(boolean toServer) {
        byte[] all = new byte[LENGTH];
        for (Pair.Packet packet : pair.sentOf(HomaHeader.DATA, toServer)) {
            int bytes = packet.bytes().length - HomaHeader.DATA_BYTES;
            System.arraycopy(packet.bytes(), HomaHeader.DATA_BYTES, all, packet.offset(), bytes);
        }
        return all;
    }

    @Test
    void aRequestIsItsLeadAndWhatFollows() {
        pair.responseBytes = 10;
        request();
        pair.runMs(50);
        assertThat(pair.outcomes).contains("response 1 10");
        assertThat(carried(true)).isEqualTo(content);
    }

    @Test
    void aResponseIsItsLeadAndWhatFollows() {
        pair.answer = false;
        pair.request(10, 1);
        pair.runMs(5);
        assertThat(pair.server.sendResponse(pair.unanswered.getFirst(), lead, memory, 100, LENGTH, 5, pair.nowNs))
                .isTrue();
        pair.runMs(50);
        assertThat(pair.outcomes).contains("response 1 " + LENGTH);
        assertThat(carried(false)).isEqualTo(content);
    }

    @Test
    void whatIsSentAgainIsTheSame() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Set<Integer> lost = new HashSet<>();
        // The first packet always, of the others some, each once.
        pair.lost = packet -> packet.toServer()
                && packet.type() == HomaHeader.DATA
                && (packet.offset() == 0 || random.nextInt(10) == 0)
                && lost.add(packet.offset());
        pair.responseBytes = 10;
        request();
        pair.runMs(400);
        assertThat(pair.outcomes).as("seed %d", seed).contains("response 1 10");
        assertThat(lost).as("seed %d", seed).contains(0);
        assertThat(carried(true)).as("seed %d", seed).isEqualTo(content);
    }

    @Test
    void aMessageMayBeNothingButItsLead() {
        MemorySegment all = MemorySegment.ofArray(Pair.content(20, 4));
        pair.client.sendRequest(
                0, Pair.SERVER, Pair.SERVER_PORT, Pair.CLIENT_PORT, all, MemorySegment.NULL, 0, 20, 1, pair.nowNs);
        pair.runMs(5);
        assertThat(pair.outcomes).contains("response 1 20");
        assertThat(Arrays.copyOf(carried(true), 20)).isEqualTo(Pair.content(20, 4));
    }

    @Test
    void memoryThatDoesNotHoldTheMessageIsRefused() {
        for (int length : new int[] {LEAD - 1, LENGTH + 1}) {
            assertThatThrownBy(() -> pair.client.sendRequest(
                            0,
                            Pair.SERVER,
                            Pair.SERVER_PORT,
                            Pair.CLIENT_PORT,
                            lead,
                            memory,
                            100 + LEAD,
                            length,
                            1,
                            pair.nowNs))
                    .as("%d bytes", length)
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
