package dev.remora.runtime.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.runtime.balance.BalanceSimulation.Result;
import dev.remora.runtime.balance.BalanceSimulation.Trouble;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the policies do to whole systems: 20 clients, 10 servers, 60 % load. The figures of docs/load-balancing.md are those
 * that this prints.
 */
class BalanceSimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger(BalanceSimulationTest.class);
    private static final long SEED = 4711;
    private static final int CALLS = 200_000;

    private static Map<String, Result> run(Trouble trouble) {
        Map<String, Result> results = new HashMap<>();
        StringBuilder table = new StringBuilder("server 0: " + trouble + ", seed " + SEED + "\n");
        for (String policy : BalancePolicies.NAMES) {
            if (policy.equals("first-ready")) {
                continue; // all calls to one server is not for this load
            }
            Result result = BalanceSimulation.run(policy, BalancerRig.settings(), trouble, 60, CALLS, SEED);
            results.put(policy, result);
            table.append(String.format(
                    Locale.ROOT,
                    "%-18s share of server 0 %6.1f %%  failed %6.3f %%  p50 %8.1f ms  p99 %8.1f ms%n",
                    policy,
                    result.sharePercent(),
                    result.failedPercent(),
                    result.p50Ms(),
                    result.p99Ms()));
        }
        LOG.info("{}", table);
        return results;
    }

    private static Result of(Map<String, Result> results, String policy) {
        return Objects.requireNonNull(results.get(policy));
    }

    @Test
    void wellServersShareEqually() {
        Map<String, Result> results = run(Trouble.NOTHING);
        results.forEach((policy, result) -> {
            assertThat(result.failedPercent()).as(policy).isZero();
            assertThat(result.sharePercent()).as(policy).isBetween(85.0, 115.0);
        });
    }

    @Test
    void twoChoicesKeepAwayFromASlowServer() {
        Map<String, Result> results = run(Trouble.SLOW);
        double blind = of(results, "round-robin").p99Ms();
        assertThat(of(results, "least-outstanding").p99Ms()).isLessThan(blind / 10);
        assertThat(of(results, "least-latency").p99Ms()).isLessThan(blind / 10);
        assertThat(of(results, "round-robin").sharePercent()).isBetween(99.0, 101.0);
        assertThat(of(results, "least-outstanding").sharePercent()).isLessThan(30);
    }

    @Test
    void aServerThatFailsFastIsEjectedUnderEveryPolicy() {
        Map<String, Result> results = run(Trouble.FAILS_FAST);
        results.forEach((policy, result) -> {
            assertThat(result.failedPercent()).as(policy).isLessThan(0.5);
            assertThat(result.sharePercent()).as(policy).isLessThan(5);
        });
        Result without = BalanceSimulation.run(
                "least-outstanding",
                BalancerRig.settings().with(BalanceSettings.EJECT_FAILURES, 0L).with(BalanceSettings.EJECT_GAP, 1.0),
                Trouble.FAILS_FAST,
                60,
                CALLS,
                SEED);
        LOG.info("without ejection: {}", without);
        assertThat(without.failedPercent())
                .as("it draws calls, being never busy")
                .isGreaterThan(10);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        assertThat(BalanceSimulation.run("least-outstanding", BalancerRig.settings(), Trouble.SLOW, 60, 20_000, 5))
                .isEqualTo(BalanceSimulation.run(
                        "least-outstanding", BalancerRig.settings(), Trouble.SLOW, 60, 20_000, 5));
    }
}
