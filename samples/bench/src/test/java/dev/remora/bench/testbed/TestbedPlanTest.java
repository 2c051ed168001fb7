package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestbedPlanTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|200|128000|1500|cubic|hosts is 0: it must be 1 to 250",
                "251|200|128000|1500|cubic|hosts is 251",
                "9|0|128000|1500|cubic|linkMbps is 0",
                "9|100001|128000|1500|cubic|linkMbps is 100001",
                "9|200|3027|1500|cubic|bufferBytes is 3027: it must be 3028 to",
                "9|200|67108865|1500|cubic|bufferBytes is 67108865",
                "9|200|128000|575|cubic|mtu is 575",
                "9|200|128000|9001|cubic|mtu is 9001",
                "9|200|128000|1500|cubic dev lo|congestionControl is \"cubic dev lo\"",
                "9|200|128000|1500|''|congestionControl is \"\"",
            })
    void whatCannotBeIsRefusedWithItsRange(
            int hosts, int mbps, int buffer, int mtu, String congestionControl, String message) {
        assertThatThrownBy(() -> new TestbedPlan(hosts, mbps, buffer, mtu, congestionControl))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void labelIsReadBackAsTheSamePlan() {
        TestbedPlan plan = new TestbedPlan(17, 1000, 64_000, 9000, "bbr", true);

        assertThat(PlanLabel.parse(PlanLabel.text(plan))).contains(plan);
        assertThat(PlanLabel.parse(PlanLabel.text(plan.withOffloads(false)))).contains(plan.withOffloads(false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "uplink to the office",
                "hosts=0,linkMbps=200,bufferBytes=128000,mtu=1500,congestionControl=cubic,offloads=false",
                "hosts=9,linkMbps=200,bufferBytes=128000,mtu=1500,congestionControl=cubic,offloads=maybe",
                "hosts=9999999999,linkMbps=200,bufferBytes=128000,mtu=1500,congestionControl=cubic,offloads=true"
            })
    void whatIsNoLabelIsNoPlan(String text) {
        assertThat(PlanLabel.parse(text)).isEmpty();
    }

    @Test
    void burstIsOneFrameUpToFourHundredMegabits() {
        assertThat(Wiring.burstBytes(plan(200, 1500))).isEqualTo(1600);
        assertThat(Wiring.burstBytes(plan(400, 1500))).isEqualTo(1600);
        assertThat(Wiring.burstBytes(plan(1000, 1500))).isEqualTo(4000);
        assertThat(Wiring.burstBytes(plan(200, 9000))).isEqualTo(9100);
    }

    private static TestbedPlan plan(int mbps, int mtu) {
        return new TestbedPlan(2, mbps, 128_000, mtu, "cubic");
    }
}
