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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases found by fault campaigns in which something went on for ever, or not on at all. */
class EndpointLivenessTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Pair pair = new Pair();

    @Test
    void aMessageHeldBackByThePacerCanBeAbortedWhileOthersWaitToo() {
        long first = pair.request(300_000, 1);
        pair.request(100, 2);
        // Before anything is sent: the long one is in the queue of the pacer, the short one in the other.
        assertThat(pair.client.abort(first, RpcError.ABORTED, pair.nowNs)).isTrue();
        pair.runMs(10);

        assertThat(pair.outcomes).contains("failed 1 ABORTED", "response 2 100");
        assertThat(pair.sentOf(HomaHeader.DATA, true)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void messagesWithoutUnscheduledBytesArrive(int sizesFollowLink) {
        Pair scheduled =
                new Pair(pair.config.with(Tunable.UNSCHED_BYTES, 0).with(Tunable.SIZES_FOLLOW_LINK, sizesFollowLink));
        scheduled.request(1, 1);
        scheduled.request(50_000, 2);
        scheduled.runMs(20);

        assertThat(scheduled.outcomes).contains("response 1 1", "response 2 50000");
    }

    @Test
    void anEndpointMayRememberNoEndedRpcs() {
        Pair forgetful = new Pair(pair.config.with(Tunable.TOMBSTONE_NS, 0));
        forgetful.request(100, 1);
        forgetful.runMs(5);

        assertThat(forgetful.outcomes).contains("response 1 100");
    }

    @Test
    void whatLiesBeyondTheEndOfAMessageIsNotPromisedByBusy() {
        pair.request(1_000, 1);
        pair.drain();
        // A packet damaged in a way no checksum saw: the server believes in 2,000 bytes.
        MemorySegment data = pair.sent.getFirst().memory();
        data.set(INT, 28, 2_000);
        pair.lost = packet -> packet.type() == HomaHeader.CUTOFFS;
        pair.runMs(400);

        assertThat(pair.outcomes).contains("response 1 1000");
        assertThat(pair.server.serverRpcs()).isZero();
    }

    @Test
    void aResponseThatNeverFindsABufferFailsAndDoesNotWaitForEver() {
        List<MessageBuffer> held = holdAll(pair, false);
        pair.request(100_000, 1);
        pair.runMs(900);
        assertThat(pair.outcomes).noneMatch(outcome -> outcome.startsWith("failed"));
        pair.runMs(300);

        assertThat(pair.outcomes).contains("failed 1 TIMED_OUT");
        assertThat(pair.client.clientRpcs()).isZero();
        held.forEach(pair.clientBuffers::release);
    }

    @Test
    void aRequestThatWaitedForABufferAndWasPromisedNothingIsGrantedEvenIfItsFirstResendIsLost() {
        List<MessageBuffer> held = holdAll(pair, true);
        MemorySegment announcement = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
        HomaHeader.writeCommon(
                announcement, 0, Pair.CLIENT_PORT, Pair.SERVER_PORT, 0, HomaHeader.DATA, HomaHeader.DATA_WORDS, 2);
        HomaHeader.writeData(announcement, 0, 100_000, 0, 0, 0, 0, false, 0, 0);
        pair.inject(true, announcement, HomaHeader.DATA_BYTES);
        pair.runMs(3);
        held.forEach(pair.serverBuffers::release);
        pair.lost = packet -> true;
        pair.runMs(20);

        assertThat(pair.sentOf(HomaHeader.GRANT, false)).isNotEmpty();
        assertThat(pair.sentOf(HomaHeader.RESEND, false).size()).isGreaterThan(2);
        pair.runMs(100);
        assertThat(pair.server.serverRpcs()).isZero();
        assertThat(pair.serverBuffers.inUse()).isZero();
    }

    private static List<MessageBuffer> holdAll(Pair pair, boolean ofServer) {
        List<MessageBuffer> held = new ArrayList<>();
        SlabMessageBuffers buffers = ofServer ? pair.serverBuffers : pair.clientBuffers;
        for (int size = 1 << 20; size >= 256; size /= 2) {
            MessageBuffer buffer = buffers.allocate(size);
            while (buffer != null) {
                held.add(buffer);
                buffer = buffers.allocate(size);
            }
        }
        return held;
    }
}
