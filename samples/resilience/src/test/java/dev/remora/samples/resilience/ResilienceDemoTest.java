package dev.remora.samples.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.Criticality;
import dev.remora.samples.resilience.ResilienceDemo.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes: two servers that get into trouble, and this one as their client, configured by files. */
@Timeout(120)
class ResilienceDemoTest {
    @Test
    void aClientCopesWithServersInTrouble() throws Exception {
        try (ResilienceDemo demo = new ResilienceDemo()) {
            Outcome well = demo.aServerIsSlow(20, 0);
            assertThat(well.answered()).isEqualTo(20);

            Outcome failing = demo.aServerFails(60);
            assertThat(failing.failed())
                    .as("retries hide the server that fails")
                    .isZero();
            assertThat(failing.retries()).isBetween(1L, 60L);

            long before = demo.ordersPlaced();
            Outcome orders = demo.ordersWhileAServerFails(40);
            assertThat(orders.failed())
                    .as("what may have run is not tried again")
                    .isPositive();
            assertThat(orders.retries()).isZero();
            assertThat(demo.ordersPlaced() - before).as("each placed once").isEqualTo(40);

            Outcome slow = demo.aServerIsSlow(40, 1_000);
            assertThat(slow.failed()).isZero();
            assertThat(slow.hedgeWins()).isPositive();
            assertThat(slow.slowestMs()).as("nobody waits for the slow one").isLessThan(900);

            long served = demo.quotesServed();
            Outcome broken = demo.everyServerFails(100);
            assertThat(broken.answered()).isZero();
            assertThat(broken.refused()).as("kept here by the breaker").isGreaterThan(50);
            assertThat(demo.quotesServed() - served).as("attempts that left").isLessThan(100);
            assertThat(demo.recoveryMs()).as("the breaker closes again").isNotNegative();

            Map<Criticality, Double> shares = demo.overload(100, 50);
            assertThat(shares.get(Criticality.CRITICAL)).isGreaterThan(shares.get(Criticality.SHEDDABLE));
            assertThat(shares.get(Criticality.CRITICAL)).isGreaterThan(0.5);
            assertThat(shares.get(Criticality.SHEDDABLE)).isLessThan(0.7);
        }
    }
}
