package dev.remora.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.process.Placement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EchoPlanTest {
    @Test
    void oneOutstandingIsNeverLeftOut() {
        assertThat(EchoPlan.cases(List.of(100), List.of(1, 2, 3), 200))
                .containsExactly(new EchoCase(100, 1), new EchoCase(100, 2));
        assertThat(EchoPlan.cases(List.of(100), List.of(1, 2), 10)).containsExactly(new EchoCase(100, 1));
    }

    @Test
    void eachRoundBeginsWithAnotherContender() {
        EchoPlan plan = plan("netty", "blocking", "grpc-java");

        assertThat(plan.turns(1)).extracting(Contender::name).containsExactly("netty", "blocking", "grpc-java");
        assertThat(plan.turns(2)).extracting(Contender::name).containsExactly("blocking", "grpc-java", "netty");
        assertThat(plan.turns(4)).extracting(Contender::name).containsExactly("netty", "blocking", "grpc-java");
    }

    @Test
    void contendersSkipCasesBeyondTheirThreads() {
        EchoPlan plan = plan("blocking", "netty");

        assertThat(plan.casesOf(plan.contenders().get(0))).containsExactly(new EchoCase(32, 1));
        assertThat(plan.casesOf(plan.contenders().get(1))).containsExactly(new EchoCase(32, 1), new EchoCase(32, 256));
        // blocking: 6 s + 1 x 3 s, netty: 6 s + 2 x 3 s, two rounds
        assertThat(plan.estimate()).isEqualTo(Duration.ofSeconds(42));
        assertThat(plan.warmUpOf(plan.contenders().get(1))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void splitTakesTwoCoresAndSameCoreOne() {
        List<Integer> cores = List.of(2, 5);

        assertThat(Placement.SPLIT.client(cores)).containsExactly(2);
        assertThat(Placement.SPLIT.server(cores)).containsExactly(5);
        assertThat(Placement.SAME_CORE.server(cores)).containsExactly(2);
        assertThat(Placement.FLOATING.server(cores)).isEmpty();
    }

    @Test
    void autoBlocksOnlyAtOneOutstanding() {
        assertThat(CallStyle.AUTO.blocks(1)).isTrue();
        assertThat(CallStyle.AUTO.blocks(2)).isFalse();
        assertThat(CallStyle.CALLBACK.blocks(1)).isFalse();
        assertThat(CallStyle.BLOCKING.blocks(32)).isTrue();
    }

    private static EchoPlan plan(String... contenders) {
        return new EchoPlan(
                List.of(contenders).stream()
                        .map(name -> Contenders.find(name).orElseThrow())
                        .toList(),
                List.of(new EchoCase(32, 1), new EchoCase(32, 256)),
                2,
                Duration.ofSeconds(3),
                0,
                Duration.ofSeconds(6),
                CallStyle.AUTO,
                Placement.FLOATING,
                List.of(0));
    }
}
