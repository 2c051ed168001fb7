package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What happens when the budget is used up, and FIFO grants. */
class GrantBudgetTest {

    private final PeerGrants p = new PeerGrants();
    private final PeerGrants q = new PeerGrants();
    private final PeerGrants r = new PeerGrants();

    @Test
    void unscheduledBytesOfLongMessagesUseUpTheBudget() {
        GrantBench bench = GrantBench.withoutFifo();
        bench.settings.maxIncoming = 100_000;
        GrantBench.Named a = bench.message("A", p, 500_000, 70_000);
        GrantBench.Named b = bench.message("B", q, 400_000, 70_000);
        assertThat(bench.receive(a, 1000))
                .as("window smaller than what is unscheduled")
                .isEmpty();
        assertThat(bench.receive(b, 1000)).isEmpty();
        assertThat(bench.scheduler.totalIncoming()).isEqualTo(138_000);
        assertThat(bench.receive(a, 60_000)).containsExactly("A 91000 level 0");
        assertThat(bench.scheduler.totalIncoming()).as("cut to the budget").isEqualTo(100_000);
        assertThat(bench.receive(b, 2000)).as("A takes what B's data leave").containsExactly("A 92000 level 0");
    }

    @Test
    void needyMessagesAreServedByRank() {
        GrantBench bench = GrantBench.withoutFifo();
        bench.settings.maxIncoming = 100_000;
        bench.settings.window = 40_000;
        GrantBench.Named hog = bench.message("hog", r, 900_000, 150_000);
        bench.receive(hog, 1000);
        GrantBench.Named worse = bench.message("worse", p, 500_000, 1000);
        GrantBench.Named better = bench.message("better", q, 400_000, 1000);
        assertThat(bench.receive(worse, 1000)).isEmpty();
        assertThat(bench.receive(better, 1000)).isEmpty();
        assertThat(bench.receive(hog, 100_000)).containsExactly("better 41000 level 2", "worse 11000 level 1");
        assertThat(bench.scheduler.totalIncoming()).isEqualTo(100_000);
        assertThat(bench.die(hog)).containsExactly("worse 41000 level 0");
        assertThat(bench.scheduler.needyGrants()).isEqualTo(3);
    }

    @Test
    void raisedBudgetIsUsedAtTheNextTick() {
        GrantBench bench = GrantBench.withoutFifo();
        bench.settings.maxIncoming = 10_000;
        bench.settings.window = 40_000;
        GrantBench.Named a = bench.message("A", p, 500_000, 1000);
        assertThat(bench.receive(a, 1000)).containsExactly("A 11000 level 0");
        assertThat(bench.tick()).isEmpty();
        bench.settings.maxIncoming = 100_000;
        assertThat(bench.tick()).containsExactly("A 41000 level 0");
    }

    @Test
    void dataBeyondTheGrantDoNotCountAsIncoming() {
        GrantBench bench = GrantBench.withoutFifo();
        bench.settings.maxIncoming = 10_000;
        GrantBench.Named a = bench.message("A", p, 500_000, 1000);
        assertThat(bench.receive(a, 30_000)).containsExactly("A 35000 level 0");
        assertThat(bench.scheduler.totalIncoming()).isEqualTo(5000);
    }

    @Test
    void fifoGrantGoesToTheOldestThoughItIsQueued() {
        GrantBench bench = new GrantBench();
        bench.settings.maxOvercommit = 1;
        GrantBench.Named oldest = bench.message("oldest", p, 900_000, 10_000);
        GrantBench.Named better = bench.message("better", q, 300_000, 10_000);
        assertThat(bench.receive(oldest, 10_000))
                .containsExactly("oldest 210000 level 0", "oldest 260000 level 6 fifo");
        bench.nowNs += 319_990;
        assertThat(bench.receive(better, 10_000)).as("not due yet").hasSize(1);
        bench.nowNs += 20;
        assertThat(bench.receive(better, 12_000))
                .containsExactly("better 162000 level 0", "oldest 310000 level 6 fifo");
    }

    @Test
    void fifoGrantsGoOnByTheTimerWhileTheBudgetBlocksAllOthers() {
        GrantBench bench = new GrantBench();
        bench.settings.maxIncoming = 50_000;
        GrantBench.Named a = bench.message("A", p, 900_000, 80_000);
        assertThat(bench.receive(a, 1000)).isEmpty();
        assertThat(bench.tick()).containsExactly("A 130000 level 6 fifo");
        assertThat(bench.tick()).as("once per interval").isEmpty();
        bench.nowNs += 320_000;
        assertThat(bench.tick())
                .as("129 000 incoming, window and two increments are 125 000")
                .isEmpty();
        bench.nowNs += 320_000;
        bench.receive(a, 10_000);
        assertThat(bench.tick()).as("it responded").containsExactly("A 180000 level 6 fifo");
    }

    @Test
    void idleTicksDoNotUseUpTheTurn() {
        GrantBench bench = new GrantBench();
        bench.tick();
        GrantBench.Named a = bench.message("A", p, 300_000, 40_000);
        assertThat(bench.receive(a, 1424)).hasSize(2);
    }

    @Test
    void silentMessageLosesTheTurnToTheNextOldest() {
        GrantBench bench = new GrantBench();
        bench.settings.window = 10_000;
        GrantBench.Named silent = bench.arriving("silent", p, 900_000, 1000, 1000);
        GrantBench.Named second = bench.arriving("second", q, 800_000, 1000, 1000);
        assertThat(silent.granted).isEqualTo(61_000);
        bench.nowNs += 320_000;
        assertThat(bench.tick()).containsExactly("silent 111000 level 6 fifo");
        bench.nowNs += 320_000;
        assertThat(bench.tick()).containsExactly("second 61000 level 6 fifo");
        bench.receive(silent, 100_000);
        bench.nowNs += 320_000;
        assertThat(bench.tick()).as("the choice sticks").containsExactly("second 111000 level 6 fifo");
        bench.nowNs += 320_000;
        assertThat(bench.tick()).containsExactly("silent 161000 level 6 fifo");
        assertThat(second.granted).isEqualTo(111_000);
    }

    @Test
    void fullyGrantedMessageHandsTheTurnOn() {
        GrantBench bench = new GrantBench();
        bench.settings.window = 10_000;
        bench.settings.maxOvercommit = 1;
        GrantBench.Named first = bench.arriving("first", p, 70_000, 1000, 1000);
        bench.arriving("second", q, 800_000, 1000, 1000);
        bench.nowNs += 320_000;
        assertThat(bench.tick()).containsExactly("first 70000 level 6 fifo");
        assertThat(first.granted).isEqualTo(first.length);
        bench.nowNs += 320_000;
        assertThat(bench.tick()).containsExactly("second 51000 level 6 fifo");
    }

    @Test
    void fifoGrantsCanBeSwitchedOff() {
        GrantBench bench = new GrantBench();
        bench.settings.fifoFraction = 0;
        GrantBench.Named a = bench.message("A", p, 300_000, 40_000);
        assertThat(bench.receive(a, 1424)).containsExactly("A 201424 level 0");
        bench.nowNs += 1_000_000_000;
        assertThat(bench.tick()).isEmpty();
    }
}
