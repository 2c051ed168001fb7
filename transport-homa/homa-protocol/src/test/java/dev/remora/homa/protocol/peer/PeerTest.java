package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.stream.Stream;
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
    void acknowledgmentsWaitPerPairOfPorts() {
        AckList list = list(32_768, 4000);
        AckList other = list(32_768, 4001);
        AckList third = list(32_769, 4000);
        assertThat(peer.acks(32_768, 4000)).isSameAs(list);
        assertThat(peer.acks(32_768, 4001)).isSameAs(other);
        assertThat(peer.acks(32_769, 4000)).isSameAs(third);
        assertThat(peer.acks(32_769, 4001)).isNull();
        assertThat(Stream.iterate(peer.firstAcks(), Objects::nonNull, AckList::next))
                .containsExactlyInAnyOrder(list, other, third);
        peer.remove(other);
        assertThat(peer.acks(32_768, 4001)).isNull();
        assertThat(peer.acks(32_768, 4000)).isSameAs(list);
        assertThat(peer.ackLists()).isEqualTo(2);
        assertThatThrownBy(() -> peer.remove(other)).isInstanceOf(IllegalArgumentException.class);
    }

    private AckList list(int clientPort, int serverPort) {
        AckList list = new AckList();
        list.reset(peer, clientPort, serverPort);
        peer.add(list);
        return list;
    }

    @Test
    void aPeerMetAnewHasNothingOfTheFormerOne() {
        list(32_768, 4000);
        peer.cutoffsSeen = 4;
        peer.cutoffs[3] = 7;
        peer.cutoffVersion = 9;
        peer.cutoffsSent = true;
        peer.lastCutoffsSentNs = 5;
        peer.liveRpcs = 3;
        peer.mtu = 1500;
        peer.mtuNotedNs = 8;
        peer.rtt.onSample(10, 10);
        peer.answerTime.onSample(10);
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
        assertThat(peer).usingRecursiveComparison().isEqualTo(fresh);
    }
}
