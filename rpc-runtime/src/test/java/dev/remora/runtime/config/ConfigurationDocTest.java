package dev.remora.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationDocTest {
    /** Surefire runs in the module's directory. */
    private static final Path FILE = Path.of("..", "docs", "configuration.md");

    @Test
    void theFileIsWhatTheDeclarationsSay() throws IOException {
        String expected = ConfigurationDoc.runtimePart();
        String present = Files.exists(FILE) ? Files.readString(FILE) : "";
        if (Boolean.getBoolean("docs.write") && !present.startsWith(expected)) {
            // What follows the marker belongs to the transports and is kept.
            int marker = present.indexOf(ConfigurationDoc.TRANSPORTS_MARKER + "\n");
            String rest = marker < 0 ? "" : present.substring(marker + ConfigurationDoc.TRANSPORTS_MARKER.length() + 1);
            Files.writeString(FILE, expected + rest);
            present = Files.readString(FILE);
        }

        assertThat(present)
                .as("docs/configuration.md is stale; write it anew with:"
                        + " mvn -pl rpc-runtime -am test -Dtest=ConfigurationDocTest -Ddocs.write=true")
                .startsWith(expected);
    }

    @Test
    void transportsFollowInOrderOfTheirNames() {
        String doc = ConfigurationDoc.render(List.of(FakeProvider.TCP, FakeProvider.PIGEON), List.of(), List.of());

        assertThat(doc).startsWith(ConfigurationDoc.runtimePart());
        assertThat(doc.indexOf("## `remora.pigeon`")).isPositive().isLessThan(doc.indexOf("## `remora.tcp`"));
        assertThat(doc)
                .contains(
                        "| `keepalive.interval` | `20s` | a duration from 1ms to 1h, with its unit, such as 20s or 5ms |"
                                + " Finds dead peers. \\| Short is costly. |");
    }
}
