package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Who is active and who is queued. */
class GrantAdmissionTest {

    private final GrantBench bench = GrantBench.withoutFifo();
    private final PeerGrants p = new PeerGrants();
    private final PeerGrants q = new PeerGrants();
    private final PeerGrants r = new PeerGrants();

    private GrantBench.Named of(PeerGrants peer, int length) {
        return bench.arriving("m" + length, peer, length, 1000, 1000);
    }

    private boolean isActive(Grantable message) {
        return bench.scheduler.isActive(message);
    }

    private boolean isQueued(Grantable message) {
        return bench.scheduler.isManaged(message) && !isActive(message);
    }

    @Test
    void onePeerMayHaveAllSlotsIfNobodyElseWantsThem() {
        bench.settings.maxOvercommit = 3;
        for (int i = 1; i <= 4; i++) {
            of(p, i * 10_000);
        }
        assertThat(p.active()).isEqualTo(3);
        assertThat(p.queued()).isEqualTo(1);
        assertThat(bench.scheduler.grantable()).isEqualTo(4);
    }

    @Test
    void newcomerOfAnotherPeerTakesTheWorstOfThePeerWithMost() {
        bench.settings.maxOvercommit = 3;
        GrantBench.Named small = of(p, 10_000);
        GrantBench.Named middle = of(p, 20_000);
        GrantBench.Named other = of(q, 900_000);
        GrantBench.Named large = of(r, 500_000);
        assertThat(isQueued(middle)).as("the worse one of the peer with two").isTrue();
        assertThat(isActive(small) && isActive(other) && isActive(large)).isTrue();
    }

    @Test
    void amongPeersWithEquallyManyTheRankDecides() {
        bench.settings.maxOvercommit = 2;
        GrantBench.Named small = of(p, 10_000);
        GrantBench.Named large = of(q, 50_000);
        GrantBench.Named worse = of(r, 60_000);
        assertThat(isQueued(worse)).isTrue();
        GrantBench.Named better = of(r, 40_000);
        assertThat(isQueued(large)).isTrue();
        assertThat(isActive(small) && isActive(better)).isTrue();
    }

    @Test
    void ownPeerCountsTheNewcomer() {
        bench.settings.maxOvercommit = 2;
        GrantBench.Named own = of(p, 50_000);
        GrantBench.Named other = of(q, 90_000);
        GrantBench.Named better = of(p, 20_000);
        assertThat(isQueued(own))
                .as("the own peer's message gives way, though it is not the worst")
                .isTrue();
        assertThat(isActive(other) && isActive(better)).isTrue();
    }

    @Test
    void equallyManyBytesRemainingTheOlderStays() {
        bench.settings.maxOvercommit = 1;
        GrantBench.Named older = of(p, 50_000);
        GrantBench.Named younger = of(q, 50_000);
        assertThat(isActive(older)).isTrue();
        assertThat(isQueued(younger)).isTrue();
    }

    @Test
    void queuedMessageSwapsInWhenItsDataMakeItBetter() {
        bench.settings.maxOvercommit = 1;
        GrantBench.Named first = bench.arriving("first", p, 50_000, 1000, 1000);
        GrantBench.Named second = bench.arriving("second", q, 60_000, 30_000, 1000);
        assertThat(isQueued(second)).isTrue();
        bench.receive(second, 11_000);
        assertThat(isQueued(second)).as("equally many remaining, but younger").isTrue();
        bench.receive(second, 11_001);
        assertThat(isActive(second)).isTrue();
        assertThat(isQueued(first)).isTrue();
    }

    @Test
    void freeSlotGoesToThePeerWithFewestActiveThenToTheBetterHead() {
        bench.settings.maxOvercommit = 2;
        of(p, 10_000);
        GrantBench.Named leaving = of(q, 11_000);
        GrantBench.Named ofP = of(p, 20_000);
        GrantBench.Named ofR = of(r, 90_000);
        GrantBench.Named ofQ = of(q, 95_000);
        assertThat(isQueued(ofP) && isQueued(ofQ) && isQueued(ofR)).isTrue();
        assertThat(bench.receive(leaving, 11_000))
                .as("promoted, thus needy, thus granted")
                .hasSize(1);
        assertThat(isActive(ofR)).isTrue();
        assertThat(isQueued(ofP) && isQueued(ofQ)).isTrue();
        assertThat(bench.scheduler.needyGrants()).isEqualTo(1);
    }

    @Test
    void deadMessageLeavesItsSlotToTheNext() {
        bench.settings.maxOvercommit = 1;
        GrantBench.Named active = of(p, 10_000);
        GrantBench.Named queued = of(q, 20_000);
        assertThat(bench.die(active)).hasSize(1);
        assertThat(isActive(queued)).isTrue();
        assertThat(p.isIdle()).isTrue();
        active.resetGrants();
    }

    @Test
    void deadMessageLeavesTheQueue() {
        bench.settings.maxOvercommit = 1;
        GrantBench.Named active = of(p, 10_000);
        GrantBench.Named queued = of(q, 20_000);
        bench.die(queued);
        assertThat(bench.scheduler.queued()).isZero();
        assertThat(q.isIdle()).isTrue();
        assertThat(isActive(active)).isTrue();
        queued.resetGrants();
    }

    @Test
    void deadMessageWithoutPlaceChangesNothing() {
        of(p, 10_000);
        long incoming = bench.scheduler.totalIncoming();
        GrantBench.Named never = bench.message("never", q, 10_000, 1000);
        assertThat(bench.die(never)).isEmpty();
        assertThat(bench.scheduler.totalIncoming()).isEqualTo(incoming);
        assertThat(bench.scheduler.grantable()).isEqualTo(1);
    }

    @Test
    void managedMessageCannotBeReset() {
        GrantBench.Named managed = of(p, 10_000);
        org.assertj.core.api.Assertions.assertThatThrownBy(managed::resetGrants)
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void withOnePerPeerASecondMessageWaitsThoughSlotsAreFree() {
        bench.settings.maxPerPeer = 1;
        bench.tick();
        GrantBench.Named first = of(p, 50_000);
        GrantBench.Named worse = of(p, 60_000);
        assertThat(isQueued(worse)).isTrue();
        GrantBench.Named better = of(p, 40_000);
        assertThat(isActive(better)).as("replaces the one of its own peer").isTrue();
        assertThat(isQueued(first)).isTrue();
        GrantBench.Named other = of(q, 900_000);
        assertThat(isActive(other)).isTrue();
        bench.die(better);
        assertThat(isActive(first)).isTrue();
        assertThat(p.active()).isEqualTo(1);
    }

    @Test
    void limitsFollowTheSettingsAtRunTime() {
        for (int i = 1; i <= 6; i++) {
            of(p, i * 10_000);
        }
        of(q, 5_000);
        bench.settings.maxPerPeer = 2;
        bench.tick();
        assertThat(p.active()).isEqualTo(2);
        bench.settings.maxPerPeer = 0;
        bench.settings.maxOvercommit = 4;
        bench.tick();
        assertThat(bench.scheduler.active()).isEqualTo(4);
        bench.settings.maxOvercommit = 64;
        bench.tick();
        assertThat(bench.scheduler.active()).isEqualTo(7);
        bench.settings.maxOvercommit = 1;
        bench.tick();
        assertThat(bench.scheduler.active()).isEqualTo(1);
        assertThat(bench.scheduler.queued()).isEqualTo(6);
        assertThat(q.active()).as("the best one stays").isEqualTo(1);
    }

    @Test
    void countsGrantableMessagesOverTime() {
        GrantBench.Named a = of(p, 10_000);
        long start = bench.nowNs;
        long before = bench.scheduler.grantableIntegral(start);
        bench.nowNs = start + 1000;
        GrantBench.Named b = of(q, 20_000);
        bench.nowNs = start + 3000;
        bench.die(a);
        bench.die(b);
        bench.nowNs = start + 9000;
        assertThat(bench.scheduler.grantableIntegral(bench.nowNs) - before).isBetween(5000L - 5, 5000L + 5);
        assertThat(bench.scheduler.maxGrantable()).isEqualTo(2);
    }
}
