package dev.remora.samples.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.dpdk.Dpdk;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Server processes come and go, calls go on. */
@Timeout(240)
class FleetTest {
    private static final int RATE = 200;

    @TempDir
    private Path folder;

    /** Waits for what must happen, and for a moment longer so that what must not happen can show. */
    private static void until(String what, BooleanSupplier happened) throws InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime() - endNs)
                    .as("still waiting for: " + what)
                    .isNegative();
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Waits until so many further calls were answered. */
    private static Set<String> whoAnswers(Fleet fleet, int calls) throws InterruptedException {
        Map<String, Long> before = fleet.rolls().answers();
        long sumBefore = sum(before);
        until(calls + " answers", () -> sum(fleet.rolls().answers()) >= sumBefore + calls);
        Set<String> answering = new TreeSet<>();
        fleet.rolls().answers().forEach((name, count) -> {
            if (count > before.getOrDefault(name, 0L)) {
                answering.add(name);
            }
        });
        return answering;
    }

    private static long answersOf(Fleet fleet, String name) {
        return fleet.rolls().answers().getOrDefault(name, 0L);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    @ParameterizedTest
    @CsvSource({"tcp, least-outstanding", "tcp, round-robin", "homa, least-outstanding"})
    void callsGoOnWhileServersComeAndGo(String transport, String policy) throws Exception {
        assumeTrue(!transport.equals("homa") || Dpdk.isAvailable(), "Homa between processes needs DPDK's libraries");
        Map<String, String> keys = Map.of(
                "remora.transport",
                transport,
                // A process of a busy machine may get no CPU for long, which is not what this is about.
                "remora.homa.protocol.timeout-ticks",
                "30000");
        try (Fleet fleet = new Fleet(keys, policy, RATE, folder)) {
            fleet.start("a", "b", "c");
            until("all three", () -> fleet.rolls().answers().keySet().containsAll(Set.of("a", "b", "c")));
            assertThat(fleet.rolls().failures())
                    .as("calls had waited for the first server")
                    .isEmpty();

            until("what had piled up is done", () -> fleet.rolls().inProgress() < RATE / 10);
            fleet.kill("a");
            // Nobody tells the client; and the list goes on naming the dead one.
            long deadAnswers = answersOf(fleet, "a");
            assertThat(whoAnswers(fleet, 3 * RATE)).contains("b", "c");
            assertThat(answersOf(fleet, "a") - deadAnswers)
                    .as("answers that were on their way")
                    .isLessThan(RATE / 10);
            long failed = sum(fleet.rolls().failures());
            assertThat(failed)
                    .as("only calls that the dead server had: " + fleet.rolls().failures())
                    .isLessThan(RATE / 4);

            fleet.unlist("a");
            fleet.start("d");
            until("d", () -> fleet.rolls().answers().containsKey("d"));
            assertThat(whoAnswers(fleet, RATE)).containsExactly("b", "c", "d");

            failed = sum(fleet.rolls().failures());
            fleet.unlist("b");
            fleet.end("b");
            whoAnswers(fleet, 50);
            assertThat(whoAnswers(fleet, RATE)).containsExactly("c", "d");
            assertThat(sum(fleet.rolls().failures()))
                    .as("a server that is taken out and then ends costs no call: "
                            + fleet.rolls().failures())
                    .isEqualTo(failed);
        }
    }

    @Test
    void theCommandSaysWhatItsOptionsTake() {
        StringWriter err = new StringWriter();
        int exit = new CommandLine(new FailoverCommand())
                .setErr(new PrintWriter(err))
                .execute("--rate", "0");
        assertThat(exit).isEqualTo(2);
        assertThat(err.toString()).contains("--rate takes 1 to 5000");
    }
}
