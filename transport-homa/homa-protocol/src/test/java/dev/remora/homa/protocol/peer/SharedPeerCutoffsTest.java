package dev.remora.homa.protocol.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedPeerCutoffsTest {
    private final SharedPeerCutoffs shared = new SharedPeerCutoffs(16, 3);

    private static Peer peer(long low) {
        Peer peer = new Peer();
        peer.reset(0, low, 0);
        return peer;
    }

    private static void told(Peer peer, int version, int highest) {
        peer.cutoffVersion = version;
        peer.cutoffs[7] = highest;
    }

    @Test
    void whatOneShardWasToldAllKnow() {
        Peer here = peer(5);
        Peer there = peer(5);
        Peer other = peer(6);
        told(here, 3, 200);
        shared.put(here);
        shared.refresh(there);
        shared.refresh(other);

        assertThat(there.cutoffVersion).isEqualTo(3);
        assertThat(there.cutoffs).isEqualTo(here.cutoffs).isNotSameAs(here.cutoffs);
        assertThat(other.cutoffVersion).isZero();

        told(there, 4, 300);
        shared.put(there);
        shared.refresh(here);
        assertThat(here.cutoffVersion).isEqualTo(4);
        assertThat(here.cutoffs[7]).isEqualTo(300);
    }

    @Test
    void aPeerMetLaterKnowsItToo() {
        Peer here = peer(5);
        told(here, 3, 200);
        shared.put(here);
        Peer evictedAndMetAnew = peer(5);
        shared.refresh(evictedAndMetAnew);
        assertThat(evictedAndMetAnew.cutoffVersion).isEqualTo(3);
    }

    @Test
    void strangersOnlyPushEachOtherOut() {
        for (int i = 0; i < 10_000; i++) {
            Peer stranger = peer(100 + i);
            told(stranger, 1 + i % 5, i);
            shared.put(stranger);
        }
        Peer last = peer(100 + 9_999);
        shared.refresh(last);
        assertThat(last.cutoffs[7]).isEqualTo(9_999);
    }
}
