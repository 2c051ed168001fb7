package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AckListTest {
    private final AckList list = new AckList();

    @Test
    void fiveAcknowledgmentsFitAndTheNewestIsTakenFirst() {
        list.reset(new Peer(), 32_768, 4000, 7);
        for (int i = 1; i <= 5; i++) {
            assertThat(list.add(2 * i)).isTrue();
        }
        assertThat(list.add(12)).isFalse();
        assertThat(list.size()).isEqualTo(5);
        assertThat(list.pop()).isEqualTo(10);
        assertThat(list.add(12)).isTrue();
        assertThat(list.pop()).isEqualTo(12);
        for (int i = 4; i >= 1; i--) {
            assertThat(list.pop()).isEqualTo(2 * i);
        }
        assertThat(list.isEmpty()).isTrue();
        assertThatThrownBy(list::pop).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListUsedAgainHasNothingOfTheFormerFlow() {
        Peer peer = new Peer();
        list.reset(new Peer(), 1, 2, 3);
        list.add(2);
        list.reset(peer, 32_768, 4000, 9);
        assertThat(list.isEmpty()).isTrue();
        assertThat(list.peer()).isSameAs(peer);
        assertThat(list.isFor(32_768, 4000)).isTrue();
        assertThat(list.isFor(1, 2)).isFalse();
        assertThat(list.sinceNs).isEqualTo(9);
    }
}
