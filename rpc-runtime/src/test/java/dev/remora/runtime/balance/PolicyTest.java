package dev.remora.runtime.balance;

import static dev.remora.runtime.balance.BalancerRig.MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.resolve.ServerAddress;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each policy does with calls that all take no time. */
class PolicyTest {
    private static final long SEED = 20_260_401L;

    private static Map<String, Integer> spread(BalancerRig rig, int calls) {
        Map<String, Integer> spread = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            spread.merge(rig.call(Status.OK), 1, Integer::sum);
        }
        return spread;
    }

    @Test
    void roundRobinIsExact() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("round-robin"), SEED).resolve(7);
        assertThat(spread(rig, 700).values()).containsOnly(100);
    }

    @Test
    void leastOutstandingIsEvenWhenNothingIsOutstanding() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("least-outstanding"), SEED).resolve(5);
        assertThat(spread(rig, 50_000).values())
                .as("seed " + SEED)
                .allSatisfy(calls -> assertThat(calls).isCloseTo(10_000, within(500)));
    }

    @Test
    void leastOutstandingAvoidsWhoIsBusy() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("least-outstanding"), SEED).resolve("a:1", "b:1");
        for (int i = 0; i < 100; i++) {
            rig.pick(); // never ends
        }
        assertThat(rig.state("a").outstanding()).isEqualTo(50);
        assertThat(rig.state("b").outstanding()).isEqualTo(50);
    }

    @Test
    void leastLatencyAvoidsWhoWasSlowUntilThatIsLongAgo() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("least-latency"), SEED).resolve("a:1", "b:1");
        for (int i = 0; i < 50; i++) {
            Peer peer = rig.pick().peer();
            peer.ended(Status.OK, peer.endpoint().host().equals("a") ? 50 * MS : MS);
        }
        assertThat(spread(rig, 100)).containsOnlyKeys("b");
        // b is kept at 1 ms, while nobody has heard of a for 80 s.
        for (int i = 0; i < 80; i++) {
            rig.clock.advanceNs(1000 * MS);
            Peer peer = rig.pick().peer();
            peer.ended(Status.OK, MS);
        }
        assertThat(rig.state("a").succeeded()).as("is tried again").isGreaterThan(1);
    }

    @Test
    void weightedIsExactAndSpreadsTheTurnsOfEach() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("weighted"), SEED)
                .resolve("a:1 weight=5", "b:1 weight=3", "c:1 weight=2");
        assertThat(spread(rig, 1000)).containsExactly(Map.entry("a", 500), Map.entry("b", 300), Map.entry("c", 200));
        String turns = "";
        for (int i = 0; i < 20; i++) {
            turns += rig.call(Status.OK);
        }
        assertThat(turns)
                .as("no bursts")
                .doesNotContain("aaa")
                .doesNotContain("bb")
                .doesNotContain("cc");
    }

    @Test
    void veryDifferentWeightsAreNearlyExact() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("weighted"), SEED)
                .resolve("a:1 weight=65535", "b:1 weight=1", "c:1 weight=65534");
        Map<String, Integer> spread = spread(rig, 131_070);
        assertThat(spread.get("a")).isCloseTo(65_535, within(100));
        assertThat(spread.get("b")).as("hardly ever, but not never").isBetween(1, 20);
    }

    @Test
    void weightsCountForTwoChoicesToo() {
        BalancerRig rig =
                new BalancerRig(BalancerRig.settings("least-outstanding"), SEED).resolve("a:1 weight=3", "b:1");
        for (int i = 0; i < 400; i++) {
            rig.pick();
        }
        assertThat(rig.state("a").outstanding()).isCloseTo(300, within(2));
    }

    @Test
    void firstReadyIsTheFirstOfTheOrder() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("first-ready"), SEED).resolve("c:1", "a:1", "b:1");
        assertThat(spread(rig, 10)).containsOnlyKeys("c");
        rig.resolve("a:1", "c:1");
        assertThat(spread(rig, 10)).containsOnlyKeys("a");
    }

    private static String hostFor(BalancerRig rig, String key) {
        Peer peer = rig.pick(CallOptions.DEFAULT.withHashKey(key)).peer();
        peer.ended(Status.OK, MS);
        return peer.endpoint().host();
    }

    @Test
    void oneKeyIsOneServerInEveryClientAndKeysAreSpreadEvenly() {
        BalancerRig one =
                new BalancerRig(BalancerRig.settings("consistent-hash"), 1).resolve("a:1", "b:1", "c:1", "d:1");
        BalancerRig other =
                new BalancerRig(BalancerRig.settings("consistent-hash"), 2).resolve("d:1", "c:1", "b:1", "a:1");
        Map<String, Integer> keys = new HashMap<>();
        for (int i = 0; i < 8000; i++) {
            String host = hostFor(one, "user-" + i);
            assertThat(hostFor(other, "user-" + i)).isEqualTo(host);
            keys.merge(host, 1, Integer::sum);
        }
        assertThat(keys.values()).allSatisfy(n -> assertThat(n).isCloseTo(2000, within(150)));
        // Written down: other versions of Remora have to agree.
        assertThat(List.of(hostFor(one, "ada"), hostFor(one, "bob"), hostFor(one, "eve"), hostFor(one, "joe")))
                .isEqualTo(PLACES);
    }

    private static final List<String> PLACES = List.of("b", "c", "b", "a");

    @Test
    void whenServersComeOrGoOnlyTheirKeysMove() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("consistent-hash"), SEED).resolve(10);
        Map<String, String> before = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            before.put("k" + i, hostFor(rig, "k" + i));
        }
        rig.resolve(11);
        int moved = 0;
        for (Map.Entry<String, String> entry : before.entrySet()) {
            String now = hostFor(rig, entry.getKey());
            if (!now.equals(entry.getValue())) {
                moved++;
                assertThat(now).as("keys move to who is new and nowhere else").isEqualTo("a10");
            }
        }
        assertThat(moved).isCloseTo(2000 / 11, within(60));
        rig.resolve(10);
        before.forEach((key, host) -> assertThat(hostFor(rig, key)).isEqualTo(host));
    }

    @Test
    void weightsCountForHashesExactly() {
        BalancerRig rig =
                new BalancerRig(BalancerRig.settings("consistent-hash"), SEED).resolve("a:1 weight=3", "b:1 weight=1");
        int toA = 0;
        for (int i = 0; i < 8000; i++) {
            toA += hostFor(rig, "k" + i).equals("a") ? 1 : 0;
        }
        assertThat(toA).isCloseTo(6000, within(150));
    }

    @Test
    void theKeyMayBeMetadata() {
        BalancerRig rig = new BalancerRig(
                        BalancerRig.settings("consistent-hash").with(BalanceSettings.HASH_METADATA, "user"), SEED)
                .resolve(10);
        Metadata.Key<String> user = Metadata.Key.text("user");
        Set<String> hosts = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            hosts.add(rig.pick(CallOptions.DEFAULT.withMetadata(Metadata.of(user, "ada")))
                    .host());
        }
        assertThat(hosts).hasSize(1).containsExactly(hostFor(rig, "ada"));
        assertThat(spread(rig, 200)).as("without a key: anywhere").hasSize(10);
    }

    @Test
    void aHotKeyIsSpreadWhereLoadIsBounded() {
        BalancerRig rig = new BalancerRig(
                        BalancerRig.settings("consistent-hash").with(BalanceSettings.HASH_MAX_LOAD, 125L), SEED)
                .resolve(10);
        for (int i = 0; i < 1000; i++) {
            rig.pick(CallOptions.DEFAULT.withHashKey("hot"));
        }
        assertThat(rig.balancer.states())
                .allSatisfy(state -> assertThat(state.outstanding()).isLessThanOrEqualTo(126));
        assertThat(rig.balancer.states())
                .anySatisfy(state -> assertThat(state.outstanding()).isGreaterThan(110));
    }

    @Test
    void numberedClientsUseEveryServerEquallyAndKeepToTheirs() {
        List<ServerAddress> servers = servers(100);
        Map<ServerAddress, Integer> clients = new HashMap<>();
        for (int client = 0; client < 300; client++) {
            List<ServerAddress> subset = new Subset(20, client, 0).of(servers);
            assertThat(subset).hasSize(20).isEqualTo(new Subset(20, client, 99).of(servers));
            subset.forEach(server -> clients.merge(server, 1, Integer::sum));
        }
        assertThat(clients).hasSize(100);
        assertThat(clients.values()).containsOnly(60);

        // A server that goes away: subsets move by a few members, not as a whole.
        List<ServerAddress> fewer = new ArrayList<>(servers);
        fewer.remove(17);
        int kept = 0;
        for (int client = 0; client < 4; client++) {
            List<ServerAddress> before = new Subset(20, client, 0).of(servers);
            kept += (int) new Subset(20, client, 0)
                    .of(fewer).stream().filter(before::contains).count();
        }
        assertThat(kept).isGreaterThanOrEqualTo(4 * 18);
    }

    @Test
    void subsetsByKeyAreEvenOnAverage() {
        List<ServerAddress> servers = servers(100);
        Map<ServerAddress, Integer> clients = new HashMap<>();
        for (int client = 0; client < 300; client++) {
            new Subset(20, -1, StableHash.of("client-" + client))
                    .of(servers)
                    .forEach(server -> clients.merge(server, 1, Integer::sum));
        }
        assertThat(clients.values()).allSatisfy(n -> assertThat(n).isBetween(35, 85));
    }

    @Test
    void eachPriorityHasItsOwnSubset() {
        List<ServerAddress> servers = new ArrayList<>(servers(10));
        servers.add(ServerAddress.parse("standby:1 priority=1"));
        List<ServerAddress> subset = new Subset(3, 0, 0).of(servers);
        assertThat(subset).hasSize(4).contains(ServerAddress.parse("standby:1 priority=1"));
    }

    private static List<ServerAddress> servers(int count) {
        List<ServerAddress> servers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            servers.add(ServerAddress.parse("10.0.0." + i + ":7000"));
        }
        return servers;
    }

    /** The same pick again and again: it may allocate nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {"round-robin", "least-outstanding", "least-latency", "weighted", "consistent-hash", "first-ready"
            })
    void pickingAllocatesNothing(String policy) {
        BalancerRig rig =
                new BalancerRig(BalancerRig.settings(policy), new SplittableRandom(SEED).nextLong()).resolve(10);
        BalancerRig.Pick pick = new BalancerRig.Pick(CallOptions.DEFAULT.withHashKey("ada"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = threads.getThreadAllocatedBytes(id);
            for (int i = 0; i < 10_000; i++) {
                rig.balancer.pick(pick);
                pick.peer().ended(Status.OK, MS);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        // Reading the figure itself may allocate once; 10,000 picks with an object each would be 160,000 bytes.
        assertThat(least).as("bytes for 10,000 picks").isLessThan(1000);
    }
}
