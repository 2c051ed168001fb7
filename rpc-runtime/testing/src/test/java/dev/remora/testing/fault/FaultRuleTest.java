package dev.remora.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.Side;
import dev.remora.spi.TransportException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultRuleTest {
    @Test
    void aRuleIsReadAsItIsWritten() {
        for (FaultRule rule : List.of(
                FaultRule.client("photos.v1.Users/*")
                        .delay(Duration.ofMillis(50))
                        .percent(10),
                FaultRule.client("*").dropRequest().nth(3),
                FaultRule.server("*/Get*").dropResponse().every(5).atMost(7),
                FaultRule.server("*").error(StatusCode.UNAVAILABLE).first(2).percent(0.5),
                FaultRule.client("a.B/C").fail(Reason.PEER_LOST),
                FaultRule.client("a.B/C").duplicate(),
                FaultRule.server("*").abort())) {
            assertThat(FaultRule.parse(rule.toString())).isEqualTo(rule);
        }
        assertThat(FaultRule.client("*").delay(Duration.ofNanos(1_500_000)).percent(10))
                .hasToString("client * delay 1500us 10%");
        assertThat(FaultRule.parse("  server   *  error unavailable "))
                .isEqualTo(FaultRule.server("*").error(StatusCode.UNAVAILABLE));
    }

    @Test
    void whatIsWrongIsSaid() {
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("", "client or server"),
                Map.entry("both * abort", "not with 'both'"),
                Map.entry("client", "a pattern"),
                Map.entry("client *", "what happens"),
                Map.entry("client * explode", "'explode' is nothing that can happen"),
                Map.entry("client * delay", "a time"),
                Map.entry("client * delay soon", "'soon' is no duration"),
                Map.entry("client * delay 0ms", "more than no time"),
                Map.entry("client * error OK", "other than OK"),
                Map.entry("client * error NOPE", "'NOPE' is none of"),
                Map.entry("client * fail CANCELLED", "is not what a network does"),
                Map.entry("client * abort", "for the server side"),
                Map.entry("server * duplicate", "for the client side"),
                Map.entry("server * fail PEER_LOST", "for the client side"),
                Map.entry("client * drop-request 0%", "more than 0"),
                Map.entry("client * drop-request 101%", "at most 100"),
                Map.entry("client * drop-request x%", "no percentage"),
                Map.entry("client * drop-request nth", "a number of calls"),
                Map.entry("client * drop-request nth 0", "counts from 1"),
                Map.entry("client * drop-request nth x", "'x' behind nth"),
                Map.entry("client * drop-request sometimes", "no condition"));
        wrong.forEach((text, why) -> assertThatThrownBy(() -> FaultRule.parse(text))
                .as("'%s'", text)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("'" + text + "'"));
    }

    private static List<Integer> hits(Faults faults, int calls) {
        return IntStream.rangeClosed(1, calls)
                .filter(i -> !faults.decide(Side.CLIENT, "a.B/C").isNothing())
                .boxed()
                .toList();
    }

    private static FaultRule lost() {
        return FaultRule.client("a.B/*").dropRequest();
    }

    @Test
    void conditionsChooseTheCalls() {
        assertThat(hits(Faults.of(1, lost()), 3)).containsExactly(1, 2, 3);
        assertThat(hits(Faults.of(1, lost().nth(2)), 5)).containsExactly(2);
        assertThat(hits(Faults.of(1, lost().every(3)), 7)).containsExactly(3, 6);
        assertThat(hits(Faults.of(1, lost().first(2)), 5)).containsExactly(1, 2);
        assertThat(hits(Faults.of(1, lost().every(2).atMost(2)), 9)).containsExactly(2, 4);
    }

    @Test
    void aPercentageIsThatAndTheSameWithTheSameSeed() {
        List<Integer> once = hits(Faults.of(7, lost().percent(10)), 10_000);
        assertThat(once).hasSizeBetween(850, 1150);
        assertThat(hits(Faults.of(7, lost().percent(10)), 10_000)).isEqualTo(once);
        assertThat(hits(Faults.of(8, lost().percent(10)), 10_000)).isNotEqualTo(once);
    }

    @Test
    void onlyMatchingCallsOfTheSideAreMetAndCounted() {
        Faults faults = Faults.of(1, FaultRule.client("a.B/Get*").dropRequest().nth(2));
        assertThat(faults.decide(Side.CLIENT, "a.B/Get").isNothing()).isTrue();
        assertThat(faults.decide(Side.CLIENT, "a.B/Put").isNothing()).isTrue();
        assertThat(faults.decide(Side.CLIENT, "xa.B/Get").isNothing()).isTrue();
        assertThat(faults.decide(Side.SERVER, "a.B/Get").isNothing()).isTrue();
        assertThat(faults.decide(Side.CLIENT, "a.B/GetAll").isNothing()).isFalse();
        assertThat(faults.recent())
                .containsExactly("client call 2 of a.B/GetAll: its request was dropped"
                        + " (rule: client a.B/Get* drop-request nth 2)");
    }

    @Test
    void delaysAddUpAndTheFirstOtherFaultCounts() {
        Faults faults = Faults.of(
                1,
                FaultRule.client("*").delay(Duration.ofMillis(2)),
                FaultRule.client("*").error(StatusCode.ABORTED),
                FaultRule.client("*").delay(Duration.ofMillis(3)),
                FaultRule.client("*").dropRequest());
        assertThat(faults.decide(Side.CLIENT, "x"))
                .isEqualTo(new Decision(5_000_000, new FaultAction.Error(StatusCode.ABORTED)));
        assertThat(faults.injected()).isEqualTo(3);
    }

    @Test
    void rulesChangeWhileItRuns() {
        Faults faults = Faults.of(1);
        assertThat(faults.decide(Side.CLIENT, "x").isNothing()).isTrue();
        faults.add(FaultRule.client("*").dropRequest());
        faults.add(FaultRule.server("*").abort());
        assertThat(faults.rules()).hasSize(2);
        assertThat(faults.decide(Side.SERVER, "x").isNothing()).isFalse();
        faults.clear();
        assertThat(faults.decide(Side.CLIENT, "x").isNothing()).isTrue();
    }
}
