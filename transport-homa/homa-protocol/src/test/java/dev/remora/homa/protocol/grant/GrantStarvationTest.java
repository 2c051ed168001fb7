package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every message gets on at last: with FIFO grants in bounded time, without them once the better ones are done. */
class GrantStarvationTest {

    private static final int LONG = 1_000_000;
    private static final int STEP_NS = 5_000;

    private final GrantBench bench = new GrantBench();

    /**
     * Runs a stream of short messages from many senders, always more of them than there are slots, against one long
     * message whose sender sends at once whatever it may.
     *
     * @return time until the long message has arrived, or -1 if it has not by the end
     */
    private long timeOfLongMessage(long endNs) {
        GrantBench.Named starving = bench.arriving("long", new PeerGrants(), LONG, 40_000, 40_000);
        List<GrantBench.Named> shorts = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            shorts.add(bench.arriving("short", new PeerGrants(), 100_000, 1000, 1000));
        }
        long startNs = bench.nowNs;
        int turn = 0;
        while (bench.nowNs - startNs < endNs) {
            bench.nowNs += STEP_NS;
            // About the link's rate: 15 KB in 5 us are 25 Gbps.
            GrantBench.Named next = shorts.get(turn % shorts.size());
            bench.receive(next, Math.min(next.granted, next.received + 15_000));
            if (next.received == next.length) {
                shorts.set(turn % shorts.size(), bench.arriving("short", new PeerGrants(), 100_000, 1000, 1000));
            }
            turn++;
            if (starving.received < starving.granted) {
                bench.receive(starving, starving.granted);
            }
            if (starving.received == LONG) {
                return bench.nowNs - startNs;
            }
            if (turn % 200 == 0) {
                bench.tick();
            }
        }
        return -1;
    }

    @Test
    void withoutFifoGrantsTheLongestMessageStarves() {
        bench.settings.fifoFraction = 0;
        assertThat(timeOfLongMessage(50_000_000)).isEqualTo(-1);
    }

    @Test
    void withFifoGrantsItsTimeIsBoundedByItsLengthAtTheShareOfTheLink() {
        long increments = LONG / bench.settings.fifoIncrement;
        // A turn is taken with the next normal grant only, hence a step or two more than the interval.
        long boundNs = (increments + 1) * (bench.settings.fifoIntervalNs() + 10L * STEP_NS);
        assertThat(timeOfLongMessage(boundNs)).isBetween(1L, boundNs);
    }

    @Test
    void oldestMessageGetsOnByTheTimerThoughSilentMessagesHoldTheBudget() {
        bench.settings.maxIncoming = 100_000;
        GrantBench.Named old = bench.arriving("old", new PeerGrants(), LONG, 1000, 1000);
        bench.receive(old, old.granted);
        bench.arriving("silent", new PeerGrants(), 400_000, 300_000, 1000);
        int ticks = 0;
        while (old.received < LONG && ticks < 100) {
            bench.nowNs += 1_000_000;
            bench.tick();
            bench.receive(old, old.granted);
            ticks++;
        }
        assertThat(ticks).as("one increment per tick").isLessThanOrEqualTo(LONG / 50_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void allMessagesCompleteWithoutFifoGrantsAndWithoutTimer(long seed) {
        Random random = new Random(seed);
        bench.settings.fifoIncrement = 0;
        bench.settings.maxIncoming = 1 + random.nextInt(100_000);
        bench.settings.maxPerPeer = random.nextInt(3);
        PeerGrants[] peers = new PeerGrants[5];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = new PeerGrants();
        }
        List<GrantBench.Named> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int length = 10_000 + random.nextInt(200_000);
            open.add(bench.arriving("m" + i, peers[random.nextInt(5)], length, random.nextInt(9000), 1));
        }
        while (!open.isEmpty()) {
            List<GrantBench.Named> sending =
                    open.stream().filter(m -> m.received < m.granted).toList();
            assertThat(sending).as("seed %d: %d stuck", seed, open.size()).isNotEmpty();
            GrantBench.Named next = sending.get(random.nextInt(sending.size()));
            bench.receive(next, Math.min(next.granted, next.received + 1 + random.nextInt(30_000)));
            if (next.received == next.length) {
                open.remove(next);
            }
        }
        assertThat(bench.scheduler.totalIncoming()).isZero();
    }
}
