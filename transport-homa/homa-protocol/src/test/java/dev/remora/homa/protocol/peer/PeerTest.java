package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerTest {
    private final Peer peer = new Peer();

    @BeforeEach
    void meet() {
        peer.reset(1, 2, 1000);
    }

    @Test
    void allMessagesAreOfLevelSixBeforeThePeerSaysOtherwise() {
        assertThat(peer.cutoffs).containsExactly(0, 0, 0, 0, 0, 0, Integer.MAX_VALUE, 0);
        assertThat(peer.cutoffVersion).isZero();
        assertThat(peer.cutoffsSent).isFalse();
    }

    @Test
    void fiveAcknowledgmentsFit() {
        for (int i = 0; i < 5; i++) {
            assertThat(peer.addAck(100 + 2 * i, 4000 + i)).isTrue();
        }
        assertThat(peer.addAck(200, 1)).isFalse();
        assertThat(peer.ackCount()).isEqualTo(5);
        for (int i = 0; i < 5; i++) {
            assertThat(peer.ackId(i)).isEqualTo(100 + 2 * i);
            assertThat(peer.ackPort(i)).isEqualTo(4000 + i);
        }
        peer.clearAcks();
        assertThat(peer.ackCount()).isZero();
        assertThat(peer.addAck(200, 1)).isTrue();
    }

    @Test
    void theNewestAcknowledgmentIsTakenFirst() {
        peer.addAck(2, 20);
        peer.addAck(4, 40);
        assertThat(peer.ackId(peer.ackCount() - 1)).isEqualTo(4);
        peer.popAck();
        assertThat(peer.ackId(peer.ackCount() - 1)).isEqualTo(2);
        peer.popAck();
        assertThatThrownBy(peer::popAck).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> peer.ackId(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aPeerMetAnewHasNothingOfTheFormerOne() {
        peer.addAck(2, 20);
        peer.cutoffs[3] = 7;
        peer.cutoffVersion = 9;
        peer.cutoffsSent = true;
        peer.lastCutoffsSentNs = 5;
        peer.firstUnackedNs = 6;
        peer.liveRpcs = 3;
        peer.mtu = 1500;
        peer.rtt.onSample(10, 10);
        peer.reset(3, 4, 77);
        assertThat(peer.addressHigh()).isEqualTo(3);
        assertThat(peer.addressLow()).isEqualTo(4);
        assertThat(peer.lastUsedNs).isEqualTo(77);
        assertThat(peer.lastHeardNs).isEqualTo(77);
        peer.lastUsedNs = 0;
        peer.lastHeardNs = 0;
        peer.queuedNs = 0;
        Peer fresh = new Peer();
        fresh.reset(3, 4, 0);
        assertThat(peer)
                .usingRecursiveComparison()
                .ignoringFields("ackIds", "ackPorts")
                .isEqualTo(fresh);
    }
}
