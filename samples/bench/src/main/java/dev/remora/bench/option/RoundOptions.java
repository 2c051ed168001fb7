package dev.remora.bench.option;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How often and how long is measured. */
public final class RoundOptions {
    /** Of one measurement, and of its warm-up. */
    public static final int MAX_SECONDS = 600;

    private static final int MAX_ROUNDS = 100;
    private static final int USUAL = 3;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds (default: " + USUAL + ").")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of each measurement (default: " + USUAL + ").")
    private @Nullable Integer seconds;

    /** @param quick what is not given is 1 */
    public int rounds(OptionCheck check, boolean quick) {
        return check.inRange("--rounds", orElse(rounds, quick), 1, MAX_ROUNDS);
    }

    /** @param quick what is not given is 1 s */
    public Duration measure(OptionCheck check, boolean quick) {
        return Duration.ofSeconds(check.inRange("--seconds", orElse(seconds, quick), 1, MAX_SECONDS));
    }

    /** Whether the length was given. */
    public boolean hasSeconds() {
        return seconds != null;
    }

    private static int orElse(@Nullable Integer given, boolean quick) {
        return given != null ? given : quick ? 1 : USUAL;
    }
}
