package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AckListTest {
    private final AckList list = new AckList();

    @Test
    void fiveAcknowledgmentsFitAndTheOldestIsTakenFirst() {
        list.reset(new Peer(), 32_768, 4000);
        for (int i = 1; i <= 5; i++) {
            assertThat(list.add(2 * i, i)).isTrue();
        }
        assertThat(list.add(12, 6)).isFalse();
        assertThat(list.size()).isEqualTo(5);
        assertThat(list.pop()).isEqualTo(2);
        assertThat(list.add(12, 6)).isTrue();
        for (int i = 2; i <= 6; i++) {
            assertThat(list.waitsSince(i - 1)).isFalse();
            assertThat(list.waitsSince(i)).isTrue();
            assertThat(list.pop()).isEqualTo(2 * i);
        }
        assertThat(list.isEmpty()).isTrue();
        assertThat(list.waitsSince(100)).isFalse();
        assertThatThrownBy(list::pop).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListUsedAgainHasNothingOfTheFormerFlow() {
        Peer peer = new Peer();
        list.reset(new Peer(), 1, 2);
        list.add(2, 3);
        list.reset(peer, 32_768, 4000);
        assertThat(list.isEmpty()).isTrue();
        assertThat(list.peer()).isSameAs(peer);
        assertThat(list.isFor(32_768, 4000)).isTrue();
        assertThat(list.isFor(1, 2)).isFalse();
    }
}
