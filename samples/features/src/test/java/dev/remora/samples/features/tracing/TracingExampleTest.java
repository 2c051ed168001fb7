package dev.remora.samples.features.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.features.Output;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TracingExampleTest {
    private static final Pattern SPAN =
            Pattern.compile("(\\w+) (\\S+): trace (\\w{32}), span (\\w{16}), parent (\\w{16})");

    private static Matcher span(List<String> lines, String kind) {
        return lines.stream()
                .map(SPAN::matcher)
                .filter(m -> m.matches() && m.group(1).equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span of kind " + kind + " in " + lines));
    }

    @Test
    void threeSpansOfOneTraceEachTheChildOfTheOneBefore() throws Exception {
        List<String> lines = Output.of(TracingExample::run);
        Matcher mine = span(lines, "INTERNAL");
        Matcher client = span(lines, "CLIENT");
        Matcher server = span(lines, "SERVER");
        assertThat(client.group(3)).isEqualTo(mine.group(3));
        assertThat(server.group(3)).isEqualTo(mine.group(3));
        assertThat(client.group(5)).isEqualTo(mine.group(4));
        assertThat(server.group(5)).isEqualTo(client.group(4));
        assertThat(lines).contains("the handler runs in span " + server.group(4));
    }
}
