package dev.remora.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.bench.process.Placement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class StreamCommandTest {
    private static StreamPlan plan(String... options) {
        StreamCommand command = new StreamCommand();
        String[] all = new String[options.length + 2];
        all[0] = "--placement";
        all[1] = "floating";
        System.arraycopy(options, 0, all, 2, options.length);
        new CommandLine(command).parseArgs(all);
        return command.plan();
    }

    @Test
    void defaultsCompareBothDirectionsAndThreeSizes() {
        StreamPlan plan = plan();
        assertThat(plan.cases())
                .extracting(StreamCase::label)
                .containsExactly(
                        "download 32 B",
                        "download 64 KiB",
                        "download 1 MiB",
                        "upload 32 B",
                        "upload 64 KiB",
                        "upload 1 MiB");
        assertThat(plan.contenders())
                .extracting(c -> c.name())
                .containsExactly("remora-tcp", "remora-homa", "grpc-java");
        assertThat(plan.rounds()).isEqualTo(3);
        assertThat(plan.placement()).isEqualTo(Placement.FLOATING);
        assertThat(plan.estimate()).isEqualTo(Duration.ofSeconds(3 * 3 * (10 + 6 * 3)));
    }

    @Test
    void optionsAreTaken() {
        StreamPlan plan = plan(
                "--contenders", "grpc-java", "--size", "1,2", "--direction", "upload", "--streams", "5", "--quick");
        assertThat(plan.cases())
                .isEqualTo(List.of(new StreamCase(Direction.UPLOAD, 1), new StreamCase(Direction.UPLOAD, 2)));
        assertThat(plan.streams()).isEqualTo(5);
        assertThat(plan.rounds()).isEqualTo(1);
        assertThat(plan.measure()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void turnsBeginWithAnotherContenderInEachRound() {
        StreamPlan plan = plan();
        assertThat(plan.turns(1).getFirst().name()).isEqualTo("remora-tcp");
        assertThat(plan.turns(2).getFirst().name()).isEqualTo("remora-homa");
        assertThat(plan.turns(3).getFirst().name()).isEqualTo("grpc-java");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> plan("--contenders", "carrier-pigeon"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("'carrier-pigeon'")
                .hasMessageContaining("remora-homa");
        assertThatThrownBy(() -> plan("--direction", "sideways")).hasMessageContaining("neither download nor upload");
        assertThatThrownBy(() -> plan("--size", "5000000")).hasMessageContaining("outside 0 to 4000000");
        assertThatThrownBy(() -> plan("--streams", "0")).hasMessageContaining("--streams: 0");
        assertThatThrownBy(() -> plan("--json", "/nowhere/at/all.json")).hasMessageContaining("cannot be written");
    }
}
