package dev.remora.samples.resilience;

import dev.remora.api.Criticality;
import dev.remora.samples.resilience.ResilienceDemo.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code resilience}: what retries, hedging, breaker and shedding do, told with two server processes. */
@Command(
        name = "resilience",
        mixinStandardHelpOptions = true,
        description = {
            "Puts two server processes into trouble and tells what the client's configuration makes of it:",
            "retries, hedging, circuit breaking; then overloads them and tells which calls were shed."
        },
        footer = {"", "Takes about 10 seconds. docs/resilience.md and docs/overload.md explain it."})
public final class ResilienceCommand implements Callable<Integer> {
    private static final int CALLS = 100;
    private static final int FLOOD = 150;
    private static final int SLOW_MS = 300;
    private static final int BUSY_MS = 50;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (ResilienceDemo demo = new ResilienceDemo()) {
            Outcome failing = demo.aServerFails(CALLS);
            out.printf(
                    "One of two servers fails every call. %d reads: %d answered, %d failed, with %d retries.%n",
                    CALLS, failing.answered(), failing.failed(), failing.retries());
            long before = demo.ordersPlaced();
            Outcome orders = demo.ordersWhileAServerFails(CALLS);
            out.printf(
                    "%d orders, which are not idempotent: %d answered, %d failed, %d retries; %d were placed, none twice.%n",
                    CALLS, orders.answered(), orders.failed(), orders.retries(), demo.ordersPlaced() - before);
            out.flush();
            Outcome slow = demo.aServerIsSlow(CALLS, SLOW_MS);
            out.printf(
                    "One takes %d ms more. %d reads: %d answered, the slowest in %.0f ms, with %d hedges of which %d won.%n",
                    SLOW_MS, CALLS, slow.answered(), slow.slowestMs(), slow.hedges(), slow.hedgeWins());
            out.flush();
            long served = demo.quotesServed();
            Outcome broken = demo.everyServerFails(CALLS);
            out.printf(
                    "Both fail. %d reads: %d failed; the breaker opened and kept %d of them here, the servers saw %d attempts.%n",
                    CALLS, broken.failed(), broken.refused(), demo.quotesServed() - served);
            out.printf("Both are well again: the first read gets through after %.0f ms.%n", demo.recoveryMs());
            out.flush();
            Map<Criticality, Double> shares = demo.overload(FLOOD, BUSY_MS);
            out.printf(
                    "%d reads at once, half of them sheddable: %.0f %% of the critical ones were answered, %.0f %% of the"
                            + " sheddable ones.%n",
                    2 * FLOOD,
                    100 * shares.getOrDefault(Criticality.CRITICAL, 0.0),
                    100 * shares.getOrDefault(Criticality.SHEDDABLE, 0.0));
            out.flush();
            return 0;
        }
    }
}
