package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The example of two messages, packet by packet of 1424 bytes, with the dynamic window. */
class GrantTraceTest {

    private static final int PACKET = 1424;

    @Test
    void twoMessagesFromTwoPeers() {
        GrantBench bench = GrantBench.withoutFifo();
        GrantBench.Named a = bench.message("A", new PeerGrants(), 300_000, 40_000);
        GrantBench.Named b = bench.message("B", new PeerGrants(), 100_000, 40_000);

        assertThat(bench.receive(a, PACKET)).containsExactly("A 201424 level 0");
        assertThat(bench.scheduler.totalIncoming()).isEqualTo(200_000);
        assertThat(bench.receive(a, 2 * PACKET)).containsExactly("A 202848 level 0");
        assertThat(bench.receive(b, PACKET)).containsExactly("B 100000 level 1");
        assertThat(bench.scheduler.totalIncoming()).isEqualTo(200_000 + 98_576);

        for (int packet = 3; packet <= 48; packet++) {
            assertThat(bench.receive(a, packet * PACKET))
                    .as("packet %d of A", packet)
                    .isEmpty();
        }
        assertThat(bench.receive(a, 49 * PACKET)).containsExactly("A 203109 level 0");
        assertThat(bench.receive(b, 100_000)).as("B complete").isEmpty();
        assertThat(bench.scheduler.isManaged(b)).isFalse();
        assertThat(bench.receive(a, 50 * PACKET)).containsExactly("A 271200 level 0");
        assertThat(bench.receive(a, 300_000)).isEmpty();
        assertThat(bench.scheduler.totalIncoming()).isZero();
        assertThat(bench.scheduler.grantable()).isZero();
    }

    @Test
    void firstPacketOfEightBytes() {
        GrantBench bench = GrantBench.withoutFifo();
        GrantBench.Named a = bench.message("A", new PeerGrants(), 300_000, 40_000);
        assertThat(bench.receive(a, 8)).containsExactly("A 200008 level 0");
    }

    @Test
    void veryFirstGrantIsFollowedByFifoGrant() {
        GrantBench bench = new GrantBench();
        GrantBench.Named a = bench.message("A", new PeerGrants(), 300_000, 40_000);
        assertThat(bench.receive(a, PACKET)).containsExactly("A 201424 level 0", "A 251424 level 6 fifo");
        assertThat(a.grantLevel).isEqualTo(6);
        assertThat(bench.scheduler.fifoGrantBytes()).isEqualTo(50_000);
    }

    @Test
    void fullyGrantedMessageGetsNoGrantWithUnchangedOffset() {
        GrantBench bench = GrantBench.withoutFifo();
        GrantBench.Named a = bench.message("A", new PeerGrants(), 50_000, 40_000);
        assertThat(bench.receive(a, PACKET)).containsExactly("A 50000 level 0");
        assertThat(bench.receive(a, 2 * PACKET)).isEmpty();
        assertThat(bench.scheduler.isManaged(a))
                .as("stays until the last byte has arrived")
                .isTrue();
    }

    @Test
    void messageOfUnscheduledBytesOnlyIsNotManaged() {
        GrantBench bench = new GrantBench();
        GrantBench.Named a = bench.message("A", new PeerGrants(), 40_000, 40_000);
        assertThat(bench.receive(a, PACKET)).isEmpty();
        assertThat(bench.scheduler.isManaged(a)).isFalse();
        assertThat(bench.scheduler.totalIncoming()).isZero();
    }

    @Test
    void messageCompleteInItsFirstBatchIsNotManaged() {
        GrantBench bench = new GrantBench();
        GrantBench.Named a = bench.message("A", new PeerGrants(), 50_000, 40_000);
        assertThat(bench.receive(a, 50_000)).isEmpty();
        assertThat(bench.scheduler.grantable()).isZero();
    }
}
