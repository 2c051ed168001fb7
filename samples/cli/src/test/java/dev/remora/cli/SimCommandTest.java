package dev.remora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SimCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true));

    @TempDir
    Path folder;

    @Test
    void simulatesAndShowsTheSlowdownsAndWritesThem() throws IOException {
        Path json = folder.resolve("result.json");
        int code = line.execute(
                "sim",
                "--workload",
                "w2",
                "--load",
                "0.4",
                "--hosts",
                "8",
                "--racks",
                "2",
                "--seed",
                "7",
                "--messages",
                "500",
                "--warm-up",
                "100",
                "--json",
                json.toString());
        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(out.toString())
                .contains("w2 at 40 % load, 8 hosts in 2 racks", "shortest 10 %", "stable", "Written: " + json);
        assertThat(Files.readString(json)).contains("\"workload\": \"w2\"", "\"seed\": 7", "\"shortest10\"");
    }

    @Test
    void theOtherShapesRunToo() {
        for (String shape : List.of("two", "incast")) {
            int code = line.execute(
                    "sim",
                    "--shape",
                    shape,
                    "--workload",
                    "w1",
                    "--load",
                    "0.3",
                    "--messages",
                    "300",
                    "--warm-up",
                    "50");
            assertThat(code).as(err.toString()).isZero();
        }
        assertThat(out.toString()).contains("2 hosts in 1 rack,", "17 hosts in 1 rack,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--workload w9 | no workload 'w9'; known: w1, w2, w3, w4, w5",
                "--load 1.5 | load 1.5: must be more than 0 and at most 1",
                "--load much | '--load': 'much'",
                "--hosts 1 | --hosts 1: must be 2 to 4096",
                "--hosts 144 --racks 7 | 144 hosts cannot be shared evenly",
                "--hosts 20 --racks 0 | --racks 0",
                "--shape two --hosts 3 | the shape two has two",
                "--shape incast --racks 2 | has one switch",
                "--shape ring | no shape 'ring'; known: leaf-spine, two, incast",
                "--link-gbps 0 | --link-gbps 0: must be at least 1",
                "--link-gbps 7 | rates must divide",
                "--messages 0 | at least one message",
                "--json /no/such/folder/x.json | cannot be written"
            })
    void wrongOptionsAreExplained(String options, String message) {
        String[] words = ("sim " + options).split(" ");
        assertThat(line.execute(words)).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void theBarShowsHowFarItIsAndIsSilentWithoutATerminal() {
        assertThat(ProgressBar.line(0.5, "measuring", 10))
                .startsWith("[###############...............]  50 % measuring, 10 s");
        try (ProgressBar bar = new ProgressBar(new PrintWriter(err, true), false)) {
            bar.onProgress(0.5, "measuring");
        }
        assertThat(err.toString()).isEmpty();
    }
}
