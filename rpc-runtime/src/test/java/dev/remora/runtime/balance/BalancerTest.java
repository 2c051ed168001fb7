package dev.remora.runtime.balance;

import static dev.remora.runtime.balance.BalancerRig.FAILED;
import static dev.remora.runtime.balance.BalancerRig.MS;
import static dev.remora.runtime.balance.BalancerRig.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.api.CallOptions;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.time.ManualTime;
import dev.remora.spi.Endpoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Peers that come, go, fail and are well again; calls that wait for them. */
class BalancerTest {
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withWaitForReady(true);

    private static BalancerRig roundRobin() {
        return new BalancerRig(BalancerRig.settings("round-robin"), 1);
    }

    private static Set<String> hostsOf(BalancerRig rig, int calls) {
        Set<String> hosts = new HashSet<>();
        for (int i = 0; i < calls; i++) {
            hosts.add(rig.call(Status.OK));
        }
        return hosts;
    }

    @Test
    void everyCallWaitsForTheFirstLookUp() {
        BalancerRig rig = roundRobin();

        BalancerRig.Pick pick = rig.pick();
        assertThat(pick.waits()).isTrue();
        assertThat(rig.balancer.outstanding()).isEqualTo(1);

        rig.resolve("a:1");
        assertThat(pick.host()).isEqualTo("a");
        assertThat(pick.waited).isTrue();
        assertThat(rig.pick().waited).isFalse();
    }

    @Test
    void aFailedLookUpFailsImpatientCallsAndLeavesPatientOnesWaiting() {
        BalancerRig rig = roundRobin();
        BalancerRig.Pick impatient = rig.pick();
        BalancerRig.Pick patient = rig.pick(PATIENT);

        rig.listener().onFailure("DNS: test does not exist (NXDOMAIN)", null);
        assertThat(impatient.failure().code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(impatient.failure().message())
                .contains("none of test is known", "NXDOMAIN", "1 of 1 look-ups failed");
        assertThat(rig.pick().failure().message()).contains("NXDOMAIN");
        assertThat(patient.waits()).isTrue();

        rig.resolve("a:1");
        assertThat(patient.host()).isEqualTo("a");
        assertThat(rig.balancer.figures().failedPicks()).isEqualTo(2);
        assertThat(rig.balancer.figures().failedResolutions()).isEqualTo(1);
    }

    @Test
    void failedLookUpsKeepTheKnownAddresses() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        rig.listener().onFailure("timeout", null);
        assertThat(hostsOf(rig, 4)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aRegistryThatIsSureOfNobodyIsBelieved() {
        BalancerRig rig = roundRobin().resolve("a:1");
        rig.resolve();
        assertThat(rig.pick().failure().message()).contains("its registry names none at present");
        assertThat(rig.pick(PATIENT).waits()).isTrue();
    }

    @Test
    void waitingCallsAreBounded() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings().with(BalanceSettings.MAX_WAITING, 2L), 1);
        List<BalancerRig.Pick> waiting = List.of(rig.pick(), rig.pick());
        BalancerRig.Pick oneTooMany = rig.pick();
        assertThat(oneTooMany.failure().message()).contains("balance.max-waiting");
        rig.balancer.forget(waiting.get(0));
        assertThat(rig.pick().waits()).isTrue();
        rig.resolve("a:1");
        assertThat(waiting.get(0).waits()).as("was forgotten").isTrue();
        assertThat(waiting.get(1).host()).isEqualTo("a");
    }

    @Test
    void aRemovedServerGetsNoCallsAndIsClosedAfterItsLast() throws InterruptedException {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        Peer a = null;
        List<Peer> busy = new ArrayList<>();
        while (a == null) {
            Peer peer = rig.pick().peer();
            if (peer.endpoint().host().equals("a")) {
                a = peer;
            } else {
                busy.add(peer);
            }
        }
        rig.resolve("b:1");
        assertThat(hostsOf(rig, 5)).containsExactly("b");
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.DRAINING);
        assertThat(rig.balancer.figures().draining()).isEqualTo(1);
        FakeClient client = rig.client(a.endpoint());
        assertThat(client.closed.getCount()).as("a call is in progress").isEqualTo(1);

        long picks = rig.balancer.figures().picks();
        a.ended(Status.OK, MS);
        assertThat(client.closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.balancer.states()).hasSize(1);
        assertThat(rig.balancer.figures().picks()).isEqualTo(picks);
    }

    @Test
    void aRemovedServerIsClosedWhenItsTimeIsOver() throws InterruptedException {
        BalancerRig rig = new BalancerRig(BalancerRig.settings().with(BalanceSettings.DRAIN_TIMEOUT, 1000 * MS), 1);
        rig.resolve("a:1");
        Peer a = rig.pick().peer();
        rig.resolve("b:1");
        rig.clock.advanceNs(999 * MS);
        assertThat(rig.client(a.endpoint()).closed.getCount()).isEqualTo(1);
        rig.clock.advanceNs(MS);
        assertThat(rig.client(a.endpoint()).closed.await(10, TimeUnit.SECONDS)).isTrue();
        a.ended(UNREACHABLE, MS); // as the transport does then
    }

    @Test
    void aServerThatComesBackWhileItDrainsIsTheSamePeer() {
        BalancerRig rig = roundRobin().resolve("a:1");
        Peer a = rig.pick().peer();
        rig.resolve("b:1");
        rig.resolve("b:1", "a:1");
        a.ended(Status.OK, MS);
        assertThat(hostsOf(rig, 4)).containsExactlyInAnyOrder("a", "b");
        assertThat(rig.client(a.endpoint()).closed.getCount()).isEqualTo(1);
    }

    @Test
    void whoCannotBeReachedIsLeftAloneAndTriedByOneCall() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        while (!rig.call(UNREACHABLE).equals("a")) {
            rig.clock.advanceNs(20_000 * MS);
            rig.call(Status.OK);
        }
        assertThat(rig.refreshes).as("the resolver is asked to look again").isPositive();
        assertThat(hostsOf(rig, 10)).containsExactly("b");
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.UNREACHABLE);
        assertThat(rig.state("a").reason()).contains("refused");

        rig.clock.advanceNs(20_000 * MS);
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.PROBATION);
        List<BalancerRig.Pick> picks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            picks.add(rig.pick());
        }
        List<Peer> trials = picks.stream()
                .map(BalancerRig.Pick::peer)
                .filter(peer -> peer.endpoint().host().equals("a"))
                .toList();
        assertThat(trials).as("one call tries it").hasSize(1);
        trials.get(0).ended(Status.OK, MS);
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.USABLE);
        assertThat(hostsOf(rig, 10)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aLongCallThatWasAnsweredIsTrialEnough() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        while (!rig.call(UNREACHABLE).equals("a")) {
            rig.clock.advanceNs(20_000 * MS);
            rig.call(Status.OK);
        }
        rig.clock.advanceNs(20_000 * MS);
        Peer stream = rig.pick().peer();
        while (!stream.endpoint().host().equals("a")) {
            stream = rig.pick().peer();
        }
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.PROBATION);
        stream.answered();
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.USABLE);
        stream.answered();
        assertThat(hostsOf(rig, 10)).contains("a", "b");
    }

    @Test
    void backOffDoublesUpToItsLimit() {
        BalancerRig rig = new BalancerRig(
                BalancerRig.settings("first-ready")
                        .with(BalanceSettings.BACK_OFF, 100 * MS)
                        .with(BalanceSettings.MAX_BACK_OFF, 400 * MS),
                7);
        rig.resolve("a:1", "b:1");
        long[] expectedMs = {100, 200, 400, 400};
        for (long expected : expectedMs) {
            assertThat(rig.call(UNREACHABLE)).isEqualTo("a");
            rig.clock.advanceNs((long) (expected * 0.75 * MS) - MS);
            assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.UNREACHABLE);
            rig.clock.advanceNs((long) (expected * 0.5 * MS) + 2 * MS);
            assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.PROBATION);
        }
    }

    @Test
    void ifNobodyCanBeReachedImpatientCallsGoThereAllTheSameAndPatientOnesWait() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        rig.call(UNREACHABLE);
        rig.call(UNREACHABLE);
        assertThat(rig.pick().peer())
                .as("so that the caller learns why from there")
                .isNotNull();
        BalancerRig.Pick patient = rig.pick(PATIENT);
        assertThat(patient.waits()).isTrue();
        assertThat(rig.balancer.describe()).contains("2 servers, of which 0 usable", "a:1 UNREACHABLE");

        rig.clock.advanceNs(20_000 * MS);
        assertThat(patient.waits()).as("a server is on probation").isFalse();
    }

    @Test
    void failuresInARowEjectAndASuccessEndsTheRow() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("first-ready"), 1);
        rig.resolve("a:1", "b:1", "c:1");
        for (int i = 0; i < 4; i++) {
            assertThat(rig.call(FAILED)).isEqualTo("a");
        }
        rig.call(Status.OK);
        for (int i = 0; i < 5; i++) {
            assertThat(rig.call(FAILED)).isEqualTo("a");
        }
        assertThat(rig.call(Status.OK)).isEqualTo("b");
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.EJECTED);
        assertThat(rig.balancer.figures().ejected()).isEqualTo(1);
        assertThat(rig.balancer.figures().ejections()).isEqualTo(1);

        rig.clock.advanceNs(10_000 * MS);
        assertThat(rig.call(FAILED)).as("the trial").isEqualTo("a");
        assertThat(rig.call(Status.OK)).as("which it has failed").isEqualTo("b");
        rig.clock.advanceNs(19_000 * MS);
        assertThat(rig.state("a").condition()).as("twice as long").isEqualTo(PeerState.Condition.EJECTED);
        rig.clock.advanceNs(1_000 * MS);
        assertThat(rig.call(Status.OK)).isEqualTo("a");
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.USABLE);
    }

    @Test
    void errorsThatAreTheCallersDoingEjectNobody() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("first-ready"), 1);
        rig.resolve("a:1", "b:1");
        for (int i = 0; i < 50; i++) {
            assertThat(rig.call(Status.of(StatusCode.NOT_FOUND, "no such user")))
                    .isEqualTo("a");
            assertThat(rig.call(Status.of(StatusCode.CANCELLED, ""))).isEqualTo("a");
        }
    }

    @Test
    void onlyAPartIsEjectedHoweverMuchFails() {
        BalancerRig rig = roundRobin().resolve(10);
        for (int i = 0; i < 200; i++) {
            rig.call(FAILED);
        }
        assertThat(rig.balancer.figures().ejected()).isEqualTo(5);
        assertThat(rig.balancer.figures().usable()).isEqualTo(5);
    }

    @Test
    void whoFailsMoreThanTheOthersIsEjected() {
        BalancerRig rig =
                new BalancerRig(BalancerRig.settings("round-robin").with(BalanceSettings.EJECT_FAILURES, 0L), 1);
        rig.resolve(3);
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 600; i++) {
            Peer peer = rig.pick().peer();
            boolean bad = peer.endpoint().host().equals("a1") && random.nextInt(100) < 40;
            peer.ended(bad ? FAILED : Status.OK, MS);
        }
        rig.clock.advanceNs(10_000 * MS);
        assertThat(rig.state("a1").condition()).isEqualTo(PeerState.Condition.EJECTED);
        assertThat(rig.state("a1").reason()).contains("of its calls succeeded", "median server 100 %");
        assertThat(rig.balancer.figures().ejected()).isEqualTo(1);
    }

    @Test
    void ifAllFailAlikeNobodyIsEjectedForHisRate() {
        BalancerRig rig =
                new BalancerRig(BalancerRig.settings("round-robin").with(BalanceSettings.EJECT_FAILURES, 0L), 1);
        rig.resolve(3);
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < 3000; i++) {
            rig.call(random.nextBoolean() ? FAILED : Status.OK);
        }
        rig.clock.advanceNs(10_000 * MS);
        assertThat(rig.balancer.figures().ejections()).isZero();
    }

    @Test
    void marksOfAHealthCheckAreHeeded() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        Endpoint a = new Endpoint("a", 1);
        rig.balancer.mark(a, PeerHealth.Mark.NOT_SERVING);
        assertThat(hostsOf(rig, 5)).containsExactly("b");
        assertThat(rig.state("a").condition()).isEqualTo(PeerState.Condition.NOT_SERVING);
        rig.balancer.mark(new Endpoint("b", 1), PeerHealth.Mark.NOT_SERVING);
        assertThat(hostsOf(rig, 5)).as("somebody must be called").containsExactlyInAnyOrder("a", "b");
        assertThat(rig.pick(PATIENT).waits()).isTrue();
        rig.balancer.mark(a, PeerHealth.Mark.SERVING);
        assertThat(hostsOf(rig, 5)).containsExactly("a");

        Set<List<Endpoint>> seen = new HashSet<>();
        rig.balancer.onPeersChanged(() -> seen.add(rig.balancer.peers()));
        rig.resolve("a:1");
        assertThat(seen).containsExactly(List.of(a));
    }

    @Test
    void servingEndsABackOffEarly() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("first-ready"), 1);
        rig.resolve("a:1", "b:1");
        rig.call(UNREACHABLE);
        assertThat(rig.call(Status.OK)).isEqualTo("b");
        rig.balancer.mark(new Endpoint("a", 1), PeerHealth.Mark.SERVING);
        assertThat(rig.call(Status.OK)).isEqualTo("a");
    }

    @Test
    void lowerPriorityNumbersGoFirstAndOthersStandBy() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1", "c:1 priority=1", "d:1 priority=2");
        assertThat(hostsOf(rig, 10)).containsExactlyInAnyOrder("a", "b");
        rig.call(UNREACHABLE);
        assertThat(hostsOf(rig, 10)).hasSize(1).doesNotContain("c", "d");
        rig.call(UNREACHABLE);
        assertThat(hostsOf(rig, 10)).containsExactly("c");
        rig.clock.advanceNs(20_000 * MS);
        assertThat(rig.call(Status.OK)).isIn("a", "b");
    }

    @Test
    void attemptsOfACallGoToDifferentServersWhileThereAreAny() {
        for (String policy : BalancePolicies.NAMES) {
            BalancerRig rig = new BalancerRig(BalancerRig.settings(policy), 3);
            rig.resolve(5);
            TriedPeers tried = new TriedPeers();
            CallOptions options = CallOptions.DEFAULT.withHashKey("k");
            Set<String> hosts = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                assertThat(rig.balancer.hasOthers(tried)).as(policy).isTrue();
                hosts.add(rig.pick(options, tried).host());
            }
            assertThat(hosts).as(policy).hasSize(5);
            assertThat(tried.size()).isEqualTo(5);
            assertThat(rig.balancer.hasOthers(tried)).isFalse();
            assertThat(rig.pick(options, tried).peer())
                    .as("better one again than none")
                    .isNotNull();
        }
    }

    @Test
    void serversThatAreSetAsideAreNoOthersToTry() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        TriedPeers tried = new TriedPeers();
        rig.pick(CallOptions.DEFAULT, tried).peer().ended(UNREACHABLE, MS);
        assertThat(rig.balancer.hasOthers(tried)).isTrue();
        rig.call(UNREACHABLE);
        assertThat(rig.balancer.hasOthers(tried)).isFalse();
    }

    @Test
    void aCallCanBePinnedToOneServer() {
        BalancerRig rig = roundRobin().resolve("a:1", "b:1");
        CallOptions toB = CallOptions.DEFAULT.with(PickOptions.PEER, new Endpoint("b", 1));
        rig.pick(toB).peer().ended(UNREACHABLE, MS);
        for (int i = 0; i < 3; i++) {
            assertThat(rig.pick(toB).host()).as("however it fares").isEqualTo("b");
        }
        CallOptions toX = CallOptions.DEFAULT.with(PickOptions.PEER, new Endpoint("x", 1));
        assertThat(rig.pick(toX).failure().message()).contains("x:1 is not among the servers of test");
        assertThat(rig.pick(toX.withWaitForReady(true)).failure()).isNotNull();
    }

    @Test
    void weightsMayChangeWithoutTheConnection() {
        BalancerRig rig = new BalancerRig(BalancerRig.settings("weighted"), 1);
        rig.resolve("a:1", "b:1");
        FakeClient client = rig.client(new Endpoint("a", 1));
        rig.resolve("a:1 weight=9", "b:1");
        int toA = 0;
        for (int i = 0; i < 100; i++) {
            toA += rig.call(Status.OK).equals("a") ? 1 : 0;
        }
        assertThat(toA).isEqualTo(90);
        assertThat(rig.client(new Endpoint("a", 1))).isSameAs(client);
    }

    @Test
    void anAddressThatTheTransportRefusesDoesNotHarmTheOthers() {
        Balancer balancer = refusing("bad");
        start(balancer, "bad:1", "good:1");
        assertThat(balancer.peers()).containsExactly(new Endpoint("good", 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(refusing("bad"), "bad:1"))
                .withMessage("no such network");
    }

    private static Balancer refusing(String host) {
        return new Balancer(
                "test",
                endpoint -> {
                    if (endpoint.host().equals(host)) {
                        throw new IllegalArgumentException("no such network");
                    }
                    return new FakeClient(endpoint);
                },
                BalancerRig.settings(),
                null,
                new ManualTime(0),
                Runnable::run,
                new SplittableRandom(1));
    }

    private static void start(Balancer balancer, String... addresses) {
        balancer.start(new NameResolver() {
            @Override
            public void start(Listener listener) {
                listener.onAddresses(
                        List.of(addresses).stream().map(ServerAddress::parse).toList());
            }

            @Override
            public void close() {}
        });
    }

    @Test
    void closingEndsEverything() throws InterruptedException {
        BalancerRig rig = roundRobin().resolve("a:1");
        rig.call(UNREACHABLE);
        BalancerRig.Pick waiting = rig.pick(PATIENT);
        rig.balancer.close();
        rig.balancer.close();
        assertThat(waiting.failure().code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(waiting.failure().message()).contains("closed");
        assertThat(rig.pick(PATIENT).failure().message()).contains("closed");
        assertThat(rig.client(new Endpoint("a", 1)).closed.await(1, TimeUnit.SECONDS))
                .isTrue();
        rig.resolve("b:1");
        assertThat(rig.clients).hasSize(1);
    }
}
