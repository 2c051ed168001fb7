package dev.remora.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MetricsDocTest {
    /** Surefire runs in the module's directory. */
    private static final Path FILE = Path.of("..", "docs", "metrics.md");

    @Test
    void everyEventAndLevelIsDocumentedWithItsMeaning() throws IOException {
        String document = Files.readString(FILE);
        for (CallEvent event : CallEvent.values()) {
            assertThat(document)
                    .contains("| " + event.side().word() + " | `" + event.word() + "` | " + event.meaning() + " |");
        }
        for (CallLevel level : CallLevel.values()) {
            assertThat(document)
                    .contains("| " + level.side().word() + " | `" + level.word() + "` | " + level.meaning() + " |");
        }
    }
}
