package dev.remora.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.remora.bench.process.Awake;
import dev.remora.bench.process.Placement;
import dev.remora.bench.stream.contender.StreamClient;
import dev.remora.bench.stream.contender.StreamContender;
import dev.remora.bench.stream.contender.StreamServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With real child processes; counted messages, so that a slow machine only takes longer. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamRunTest {
    private static final StreamCase DOWN = new StreamCase(Direction.DOWNLOAD, 32);
    private static final StreamCase UP = new StreamCase(Direction.UPLOAD, 70_000);

    private static StreamPlan plan(List<StreamContender> contenders) {
        return new StreamPlan(
                contenders, List.of(DOWN, UP), 2, 1, Duration.ZERO, 500, Duration.ZERO, Placement.FLOATING, List.of());
    }

    @Test
    void comparesContendersInProcessesOfTheirOwn() throws Exception {
        List<String> steps = new ArrayList<>();
        List<String> names = List.of("remora-tcp", "remora-tcp-blocking", "grpc-java");
        StreamPlan plan = plan(names.stream()
                .map(name -> StreamContenders.find(name).orElseThrow())
                .toList());

        StreamResults results = new StreamRun(plan, Awake.off(), steps::add).run();

        assertThat(results.failures()).isEmpty();
        assertThat(results.unavailable()).isEmpty();
        assertThat(results.measurements())
                .extracting(StreamMeasurement::contender, StreamMeasurement::point, StreamMeasurement::messages)
                .containsExactly(
                        tuple("remora-tcp", DOWN, 1000L),
                        tuple("remora-tcp", UP, 1000L),
                        tuple("remora-tcp-blocking", DOWN, 1000L),
                        tuple("remora-tcp-blocking", UP, 1000L),
                        tuple("grpc-java", DOWN, 1000L),
                        tuple("grpc-java", UP, 1000L));
        assertThat(results.measurements()).allSatisfy(m -> {
            assertThat(m.messagesPerSecond()).isPositive();
            assertThat(m.allocatedBytesPerMessage()).isGreaterThan(m.point().sizeBytes());
        });
        assertThat(steps).contains("round 1/1  remora-tcp  download 32 B");
        String table = StreamTable.render(plan, results, "grpc-java");
        assertThat(table).contains("download 32 B", "upload 70000 B", "x grpc-java", "remora-tcp-blocking");
    }

    @Test
    void aContenderThatCannotRunIsReportedAndTheOthersGoOn() throws Exception {
        // The child looks contenders up by name, so this one fails there as one without its native library would.
        StreamPlan plan =
                plan(List.of(new Unknown(), StreamContenders.find("remora-tcp").orElseThrow()));

        StreamResults results = new StreamRun(plan, Awake.off(), step -> {}).run();

        assertThat(results.unavailable()).containsOnlyKeys("unknown");
        assertThat(results.unavailable().get("unknown")).contains("there is no contender 'unknown'");
        assertThat(results.measurements())
                .extracting(StreamMeasurement::contender)
                .containsOnly("remora-tcp");
        assertThat(StreamTable.render(plan, results, "grpc-java")).contains("cannot run here: unknown server");
    }

    private static final class Unknown implements StreamContender {
        @Override
        public String name() {
            return "unknown";
        }

        @Override
        public String description() {
            return "not in the list";
        }

        @Override
        public StreamServer start() {
            throw new UnsupportedOperationException();
        }

        @Override
        public StreamClient connect(InetSocketAddress server) {
            throw new UnsupportedOperationException();
        }
    }
}
