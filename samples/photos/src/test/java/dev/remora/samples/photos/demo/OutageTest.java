package dev.remora.samples.photos.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.StatusCode;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutageTest {
    private static final long KILLED = 1000;
    private static final long RESTARTED = 2000;

    private final Outage outage = new Outage("users");

    @Test
    void explainsClearErrorsFromTheKillUntilShortlyAfterTheRestart() {
        assertThat(outage.explains("users", StatusCode.UNAVAILABLE, 0, 500)).isFalse();

        outage.onKilled(KILLED);
        assertThat(outage.explains("users", StatusCode.UNAVAILABLE, 900, 1100)).isTrue();
        assertThat(outage.explains("users", StatusCode.DEADLINE_EXCEEDED, 900, 1100))
                .isTrue();

        outage.onRestarted(RESTARTED);
        long late = RESTARTED + TimeUnit.SECONDS.toNanos(6);
        assertThat(outage.explains("users", StatusCode.UNAVAILABLE, RESTARTED + 100, RESTARTED + 200))
                .isTrue();
        assertThat(outage.explains("users", StatusCode.UNAVAILABLE, late, late + 1))
                .isFalse();
    }

    @Test
    void explainsNeitherOtherErrorsNorThoseOfOtherServices() {
        outage.onKilled(KILLED);

        assertThat(outage.explains("users", StatusCode.INTERNAL, 1100, 1200)).isFalse();
        assertThat(outage.explains("media", StatusCode.UNAVAILABLE, 1100, 1200)).isFalse();
        assertThat(outage.explains("timeline", StatusCode.UNAVAILABLE, 1100, 1200))
                .as("timeline calls users")
                .isTrue();
    }

    @Test
    void isOverWithTheFirstSuccessOfTheServiceItself() {
        outage.onKilled(KILLED);
        outage.onSuccess("users", 1100, 1200);
        assertThat(outage.isRecovered()).as("before the restart").isFalse();

        outage.onRestarted(RESTARTED);
        outage.onSuccess("media", 2100, 2200);
        assertThat(outage.isRecovered()).as("another service").isFalse();
        outage.onSuccess("users", 2100, 2200);
        assertThat(outage.isRecovered()).isTrue();
    }
}
