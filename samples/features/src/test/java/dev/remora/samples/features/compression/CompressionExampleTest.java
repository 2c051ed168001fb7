package dev.remora.samples.features.compression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.samples.features.Output;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CompressionExampleTest {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private static List<Integer> numbers(String line) {
        return NUMBER.matcher(line)
                .results()
                .map(MatchResult::group)
                .map(Integer::valueOf)
                .toList();
    }

    @Test
    void theSameGreetingTakesATenthOfTheBytesInBothDirections() throws Exception {
        List<String> lines = Output.of(CompressionExample::run);
        assertThat(lines).hasSize(2);
        List<Integer> plain = numbers(lines.get(0));
        List<Integer> compressed = numbers(lines.get(1));
        assertThat(compressed.get(0)).isEqualTo(plain.get(0)).isGreaterThan(20_000);
        assertThat(plain.get(1)).isGreaterThan(20_000);
        assertThat(plain.get(2)).isGreaterThan(20_000);
        assertThat(compressed.get(1)).isBetween(1, 2_000);
        assertThat(compressed.get(2)).isBetween(1, 2_000);
    }
}
