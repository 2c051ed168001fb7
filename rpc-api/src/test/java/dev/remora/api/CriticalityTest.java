package dev.remora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CriticalityTest {
    @ParameterizedTest
    @EnumSource
    void itTravelsAsMetadata(Criticality criticality) {
        assertThat(Criticality.of(criticality.asMetadata(), Criticality.CRITICAL))
                .isEqualTo(criticality);
        assertThat(criticality.asMetadata().get(Criticality.KEY)).isEqualTo(criticality.word());
    }

    @Test
    void withoutAWordOfOursTheDefaultHolds() {
        assertThat(Criticality.of(Metadata.EMPTY, Criticality.SHEDDABLE)).isEqualTo(Criticality.SHEDDABLE);
        assertThat(Criticality.of(Metadata.of(Criticality.KEY, "very"), Criticality.CRITICAL))
                .isEqualTo(Criticality.CRITICAL);
    }

    @Test
    void theyAreOrderedFromLeastToMost() {
        assertThat(Criticality.values()).isSorted();
        assertThat(Criticality.SHEDDABLE).isLessThan(Criticality.CRITICAL_PLUS);
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "1, 1", "0, 1", "-3, 1", "x, 1", "99999999999, 1"})
    void theNumberOfAnAttemptIsReadWithCare(String sent, int number) {
        assertThat(RetryMetadata.attemptOf(Metadata.of(RetryMetadata.ATTEMPT, sent)))
                .isEqualTo(number);
    }

    @Test
    void aHintIsRoundedUpToMilliseconds() {
        assertThat(RetryMetadata.retryAfter(Duration.ofNanos(1)).get(RetryMetadata.PUSH_BACK_MS))
                .isEqualTo("1");
        assertThat(RetryMetadata.retryAfter(Duration.ofMillis(20)).get(RetryMetadata.PUSH_BACK_MS))
                .isEqualTo("20");
        assertThatIllegalArgumentException().isThrownBy(() -> RetryMetadata.retryAfter(Duration.ofMillis(-1)));
    }

    @Test
    void metadataWithoutAKeyKeepsTheRestInOrder() {
        Metadata.Key<String> a = Metadata.Key.text("a");
        Metadata.Key<String> b = Metadata.Key.text("b");
        Metadata all = Metadata.of(a, "1").plus(b, "2").plus(a, "3").plus(b, "4");
        assertThat(all.without(a)).isEqualTo(Metadata.of(b, "2").plus(b, "4"));
        assertThat(all.without(Metadata.Key.text("c"))).isSameAs(all);
    }
}
