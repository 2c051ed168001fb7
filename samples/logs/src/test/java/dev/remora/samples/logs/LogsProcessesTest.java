package dev.remora.samples.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole sample in processes of its own, over each transport that crosses processes. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LogsProcessesTest {
    private static final int MANY = 20_000;

    @TempDir
    private Path folder = Path.of("set by JUnit");

    private List<String> flags = List.of();

    private LogsProcess start(String... arguments) throws IOException {
        return LogsProcess.start(folder, flags, arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "homa"})
    void linesAreShippedFollowedAndSearchedByProcesses(String transport) throws Exception {
        flags = List.of(
                "-Dremora.transport=" + transport,
                "-Dremora.homa.host.folder=" + folder.resolve("homa"),
                "-Dremora.server.drain-timeout=300ms");
        try (LogsProcess server = start("serve")) {
            String address = server.line().substring("READY ".length());
            try (LogsProcess follower = start("follow", "--server", address, "--from-start", "--source", "web");
                    LogsProcess shipper = start("ship", "--server", address, "--source", "web");
                    LogsProcess other = start("ship", "--server", address, "--source", "mail")) {
                shipper.type("the first line\n");
                assertThat(follower.line()).as("a lone line does not wait").isEqualTo("web: the first line");
                other.type("of another program\n");
                other.endInput();
                assertThat(other.line()).isEqualTo("shipped 1 lines");
                assertThat(other.exitCode()).isZero();
                for (int i = 0; i < MANY; i++) {
                    shipper.type("line " + i + "\n");
                }
                shipper.endInput();
                assertThat(shipper.line()).isEqualTo("shipped " + (MANY + 1) + " lines");
                for (int i = 0; i < MANY; i++) {
                    assertThat(follower.line()).isEqualTo("web: line " + i);
                }

                // 1999, and 19990 to 19999.
                try (LogsProcess search = start("search", "--server", address, "line 1999", "another", "nothing")) {
                    List<String> answers = search.rest();
                    assertThat(answers)
                            .containsSubsequence("web: line 1999", "'line 1999': 11 of " + (MANY + 2) + " lines")
                            .containsSubsequence("mail: of another program", "'another': 1 of " + (MANY + 2) + " lines")
                            .endsWith("'nothing': 0 of " + (MANY + 2) + " lines");
                    assertThat(search.exitCode()).isZero();
                }

                // One that dies in the middle of its stream costs the others nothing.
                try (LogsProcess dying = start("ship", "--server", address, "--source", "web")) {
                    dying.type("last words\n");
                    assertThat(follower.line()).isEqualTo("web: last words");
                    dying.kill();
                }
                try (LogsProcess brief = start("follow", "--server", address, "--from-start", "--lines", "3")) {
                    assertThat(brief.rest()).hasSize(3);
                    assertThat(brief.exitCode()).as("it cancels and ends").isZero();
                }

                server.terminate();
                assertThat(follower.exitCode())
                        .as("a stream that does not end in time")
                        .isEqualTo(1);
                assertThat(follower.errors()).contains("UNAVAILABLE");
                assertThat(server.exitCode()).isEqualTo(143);
            }
        }
    }
}
