package dev.remora.runtime.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.Patience;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PollingResolverTest {
    private static final Target TARGET = Target.parse("dns:///photos:7000", List.of("dns"));

    private static long ns(Duration duration) {
        return duration.toNanos();
    }

    /** Finds servers that are valid for an hour, then fails twice, then finds them again. */
    private static final class Scripted implements PollingResolver.Lookup {
        final AtomicInteger looks = new AtomicInteger();

        @Override
        public PollingResolver.Found look() throws ResolveFailure {
            int look = looks.incrementAndGet();
            if (look == 2 || look == 3) {
                throw new ResolveFailure("look " + look + " fails", null);
            }
            return new PollingResolver.Found(List.of(), ns(Duration.ofHours(1)));
        }
    }

    /** The servers that it knew were valid for an hour, but it has been asked to look, and that has failed. */
    @Test
    void aFailureIsTriedAgainSoonHoweverLongTheLastAnswerWasValid() {
        Scripted lookup = new Scripted();
        try (PollingResolver resolver =
                new PollingResolver(TARGET, lookup, ns(Duration.ofMillis(1)), ns(Duration.ofDays(1)))) {
            resolver.start(new HeardAddresses());
            Patience.until(() -> lookup.looks.get() == 1, "the first look");
            resolver.refresh();
            Patience.until(() -> lookup.looks.get() == 4, "it has succeeded again");
        }
    }

    @Test
    void pausesBeginWithTheLeastAndDoubleUpToTheMost() {
        FailurePause pause = new FailurePause(3, 20);
        for (int round = 0; round < 2; round++) {
            assertThat(List.of(pause.nextNs(), pause.nextNs(), pause.nextNs(), pause.nextNs(), pause.nextNs()))
                    .containsExactly(3L, 6L, 12L, 20L, 20L);
            pause.reset();
        }
        FailurePause longest = new FailurePause(Long.MAX_VALUE - 1, Long.MAX_VALUE);
        assertThat(longest.nextNs()).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(longest.nextNs()).isEqualTo(Long.MAX_VALUE);
    }
}
