package dev.remora.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.echo.contender.EchoClient;
import dev.remora.bench.echo.contender.EchoServer;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.ChildProcess;
import dev.remora.bench.process.Placement;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real child processes; counted calls, so that a slow machine only takes longer. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EchoRunTest {
    @Test
    void comparesContendersInProcessesOfTheirOwn() throws Exception {
        List<String> steps = new ArrayList<>();
        EchoPlan plan = plan(
                List.of(
                        Contenders.find("remora-tcp").orElseThrow(),
                        Contenders.find("blocking").orElseThrow()),
                List.of(new EchoCase(32, 1), new EchoCase(70_000, 4)));

        EchoResults results = new EchoRun(plan, Awake.off(), steps::add).run();

        assertThat(results.failures()).isEmpty();
        assertThat(results.unavailable()).isEmpty();
        assertThat(results.measurements())
                .extracting(Measurement::contender, Measurement::point, Measurement::calls)
                .containsExactly(
                        tuple("remora-tcp", new EchoCase(32, 1), 50L),
                        tuple("remora-tcp", new EchoCase(70_000, 4), 50L),
                        tuple("blocking", new EchoCase(32, 1), 50L),
                        tuple("blocking", new EchoCase(70_000, 4), 50L));
        assertThat(results.measurements()).allSatisfy(m -> {
            assertThat(m.p50Us()).isPositive().isLessThanOrEqualTo(m.p99Us());
            assertThat(m.callsPerSecond()).isPositive();
            assertThat(m.clientAllocatedBytesPerCall()).isGreaterThan(m.point().sizeBytes());
            assertThat(m.serverAllocatedBytesPerCall()).isGreaterThan(m.point().sizeBytes());
        });
        assertThat(steps).contains("round 1/1  remora-tcp  32 B x 1");
    }

    @Test
    void contenderThatCannotRunIsReportedAndTheOthersGoOn() throws Exception {
        // The child looks contenders up by name, so this one fails there as one without its native library would.
        EchoPlan plan =
                plan(List.of(new Unknown(), Contenders.find("blocking").orElseThrow()), List.of(new EchoCase(32, 1)));

        EchoResults results = new EchoRun(plan, Awake.off(), step -> {}).run();

        assertThat(results.unavailable()).containsOnlyKeys("unknown");
        assertThat(results.unavailable().get("unknown")).contains("there is no contender 'unknown'");
        assertThat(results.measurements()).extracting(Measurement::contender).containsExactly("blocking");
    }

    @Test
    void childEndsWhenItsParentIsGone() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        ChildProcess.javaCommand(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EchoChild.class.getName(),
                        "server",
                        "blocking")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(child.inputReader().readLine()).startsWith("ready ");

            child.outputWriter().close();

            assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    private static EchoPlan plan(List<Contender> contenders, List<EchoCase> cases) {
        return new EchoPlan(
                contenders, cases, 1, Duration.ZERO, 50, Duration.ZERO, CallStyle.AUTO, Placement.FLOATING, List.of());
    }

    private static final class Unknown implements Contender {
        @Override
        public String name() {
            return "unknown";
        }

        @Override
        public String description() {
            return "not in the list";
        }

        @Override
        public EchoServer start() {
            throw new UnsupportedOperationException();
        }

        @Override
        public EchoClient connect(InetSocketAddress server) {
            throw new UnsupportedOperationException();
        }
    }
}
