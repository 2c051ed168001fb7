package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random events, given to the scheduler and to the reference; after each the invariants of grants are checked. */
class GrantModelTest {

    private static final int EVENTS = 3000;
    private static final int PEERS = 7;

    /** A message, with what was last reported of it. */
    private static final class Tracked extends Grantable {
        private final int id;
        private final int peerNumber;
        private int reported;
        private int lastGranted;

        Tracked(int id, int peerNumber, PeerGrants peer) {
            this.id = id;
            this.peerNumber = peerNumber;
            this.peer = peer;
        }

        int incoming() {
            return Math.max(0, granted - reported);
        }
    }

    private record Level(Tracked message, int level) {}

    private final GrantSettings settings = new GrantSettings();
    private final ReferenceGrants reference = new ReferenceGrants(settings);
    private final GrantScheduler scheduler = new GrantScheduler(settings, this::onGrant);
    private final PeerGrants[] peers = new PeerGrants[PEERS];
    private final List<Tracked> live = new ArrayList<>();
    private final List<String> grants = new ArrayList<>();
    private final List<Level> levels = new ArrayList<>();
    private long nowNs;
    private int nextId;
    private String where = "";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void schedulerAgreesWithTheReference(long seed) {
        Random random = new Random(seed);
        nowNs = random.nextInt(1000);
        for (int i = 0; i < PEERS; i++) {
            peers[i] = new PeerGrants();
        }
        settings.maxOvercommit = 1 + random.nextInt(10);
        settings.maxIncoming = 50_000 + random.nextInt(800_000);
        settings.maxPerPeer = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
        settings.window = random.nextInt(3) == 0 ? 20_000 + random.nextInt(200_000) : 0;
        settings.leastWindow = random.nextBoolean() ? 0 : random.nextInt(100_000);
        settings.stepPercent = random.nextBoolean() ? 0 : 1 + random.nextInt(GrantSettings.LIMIT_STEP_PERCENT);
        settings.fifoIncrement = random.nextInt(4) == 0 ? 0 : 10_000 + random.nextInt(60_000);
        int target = seed % 4 == 0 ? 300 : 1 + random.nextInt(60);
        for (int event = 0; event < EVENTS; event++) {
            where = "seed " + seed + " event " + event;
            step(random, target);
        }
        while (!live.isEmpty()) {
            where = "seed " + seed + " end, " + live.size() + " left";
            report(live.getLast(), live.getLast().length);
            check();
        }
        assertThat(scheduler.totalIncoming()).as(where).isZero();
        assertThat(scheduler.grantable()).as(where).isZero();
        for (PeerGrants peer : peers) {
            assertThat(peer.isIdle()).as(where).isTrue();
        }
    }

    private void step(Random random, int target) {
        nowNs += random.nextInt(20) == 0 ? 400_000 : random.nextInt(20_000);
        int dice = random.nextInt(1000);
        if (live.isEmpty() || dice < (live.size() < target ? 250 : 80)) {
            start(random);
        } else if (dice < 850) {
            data(random);
        } else if (dice < 900) {
            burst(random);
        } else if (dice < 940) {
            die(live.get(random.nextInt(live.size())));
        } else if (dice < 993) {
            tick();
        } else {
            changeSettings(random);
            tick();
        }
        check();
    }

    private void start(Random random) {
        // The square prefers the first peers, so that some have many messages and others one.
        int number = random.nextInt(PEERS) * random.nextInt(PEERS) / PEERS;
        Tracked message = new Tracked(nextId++, number, peers[number]);
        message.length = 1 + random.nextInt(random.nextBoolean() ? 5000 : 1_000_000);
        message.unscheduled = Math.min(message.length, random.nextInt(80_000));
        message.granted = message.unscheduled;
        message.lastGranted = message.granted;
        message.birthNs = nowNs - random.nextInt(3);
        live.add(message);
        report(message, Math.min(message.length, 1 + random.nextInt(1500)));
    }

    private static int progress(Random random, Tracked message) {
        int allowed = Math.max(0, message.granted - message.received);
        int more = switch (random.nextInt(8)) {
            case 0, 1 -> allowed;
            case 2 -> 0;
            case 3 -> 1 + random.nextInt(20_000); // perhaps ahead of its grant
            default -> Math.min(allowed, 1 + random.nextInt(15_000));
        };
        return Math.min(message.length, message.received + more);
    }

    private void data(Random random) {
        Tracked message = live.get(random.nextInt(live.size()));
        report(message, progress(random, message));
    }

    /** All messages of a burst are updated before the first is reported. */
    private void burst(Random random) {
        List<Tracked> some = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Tracked message = live.get(random.nextInt(live.size()));
            if (!some.contains(message)) {
                message.received = progress(random, message);
                some.add(message);
            }
        }
        for (Tracked message : some) {
            report(message, message.received);
            check();
        }
    }

    private void changeSettings(Random random) {
        switch (random.nextInt(4)) {
            case 0 -> settings.maxOvercommit = 1 + random.nextInt(12);
            case 1 -> settings.maxPerPeer = random.nextInt(4);
            case 2 -> settings.maxIncoming = 50_000 + random.nextInt(800_000);
            default -> settings.maxSchedPrio = random.nextInt(7);
        }
    }

    private void report(Tracked message, int received) {
        message.received = received;
        message.reported = received;
        scheduler.onData(message, nowNs);
        reference.onData(
                message.id, message.peerNumber, message.length, message.unscheduled, received, message.birthNs, nowNs);
        if (received >= message.length) {
            live.remove(message);
            message.resetGrants();
        }
    }

    private void die(Tracked message) {
        scheduler.onDead(message, nowNs);
        reference.onDead(message.id, nowNs);
        live.remove(message);
        message.resetGrants();
    }

    private void tick() {
        scheduler.onTick(nowNs);
        reference.onTick(nowNs);
    }

    private void onGrant(Grantable grantable, int offset, int level, boolean fifo) {
        Tracked message = (Tracked) grantable;
        grants.add(message.id + ":" + offset + "@" + level + (fifo ? "f" : ""));
        assertThat(offset).as("F10, %s", where).isGreaterThan(message.lastGranted);
        assertThat(offset).as(where).isEqualTo(message.granted);
        assertThat(level).as(where).isEqualTo(message.grantLevel);
        if (fifo) {
            assertThat(level).as("F8, %s", where).isEqualTo(settings.numPriorities - 2);
            assertThat(offset - message.lastGranted).as("F5, %s", where).isLessThanOrEqualTo(settings.fifoIncrement);
        } else {
            assertThat(level).as("F8, %s", where).isBetween(0, settings.maxSchedPrio);
            assertThat(sumOfIncoming()).as("F5, %s", where).isLessThanOrEqualTo(settings.maxIncoming);
            levels.add(new Level(message, level));
        }
        message.lastGranted = offset;
    }

    private long sumOfIncoming() {
        return live.stream()
                .filter(scheduler::isManaged)
                .mapToLong(Tracked::incoming)
                .sum();
    }

    private void check() {
        assertThat(grants).as("F7, grants, %s", where).isEqualTo(reference.grants);
        grants.clear();
        reference.grants.clear();
        checkPlaces();
        for (Tracked message : live) {
            assertThat(message.granted)
                    .as("F1, %s", where)
                    .isBetween(message.unscheduled, message.length)
                    .isEqualTo(message.lastGranted);
        }
        assertThat(scheduler.totalIncoming()).as("F4, %s", where).isEqualTo(sumOfIncoming());
        for (Level a : levels) {
            for (Level b : levels) {
                if (scheduler.isActive(a.message) && scheduler.isActive(b.message) && better(a.message, b.message)) {
                    assertThat(a.level).as("F8, %s", where).isGreaterThanOrEqualTo(b.level);
                }
            }
        }
        levels.clear();
    }

    private static boolean better(Tracked a, Tracked b) {
        return a.length - a.reported < b.length - b.reported;
    }

    private void checkPlaces() {
        int active = 0;
        int queued = 0;
        boolean promotable = false;
        for (Tracked message : live) {
            boolean inReference = reference.find(message.id).isPresent();
            assertThat(scheduler.isManaged(message)).as("F7, %s", where).isEqualTo(inReference);
            if (!inReference) {
                continue;
            }
            ReferenceGrants.Message expected = reference.find(message.id).orElseThrow();
            assertThat(scheduler.isActive(message)).as("F7, place, %s", where).isEqualTo(expected.active);
            assertThat(message.needy).as("needy, %s", where).isEqualTo(expected.needy);
            if (scheduler.isActive(message)) {
                active++;
            } else {
                queued++;
                promotable |= settings.maxPerPeer == 0 || peers[message.peerNumber].active() < settings.maxPerPeer;
            }
        }
        assertThat(scheduler.active()).as("F6, %s", where).isEqualTo(active);
        assertThat(scheduler.queued()).as("F6, %s", where).isEqualTo(queued);
        assertThat(scheduler.grantable()).as("F6, %s", where).isEqualTo(reference.messages.size());
        assertThat(active).as("F6, %s", where).isLessThanOrEqualTo(settings.maxOvercommit);
        if (promotable) {
            assertThat(active).as("F6, no slot stays free, %s", where).isEqualTo(settings.maxOvercommit);
        }
    }
}
