package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestbedTagTest {
    private final RunningProcess self = RunningProcess.self();

    @Test
    void ownNamesAreKnownAgain() {
        TestbedTag tag = TestbedTag.of(self, 3);

        assertThat(tag.switchName())
                .startsWith("remora-" + ProcessHandle.current().pid() + "-");
        assertThat(TestbedTag.in(tag.switchName())).contains(tag);
        assertThat(TestbedTag.in(tag.host(0))).contains(tag);
        assertThat(TestbedTag.in(tag.host(249))).contains(tag);
        assertThat(tag).isNotEqualTo(TestbedTag.of(self, 4));
    }

    @Test
    void whatALivingProcessOwnsIsNotOrphaned() {
        assertThat(TestbedTag.of(self, 1).orphaned()).isFalse();
    }

    @Test
    void sameNumberOfAnotherProcessDoesNotCount() {
        RunningProcess earlier = new RunningProcess(self.pid(), self.startTicks() - 1);

        assertThat(TestbedTag.of(earlier, 1).orphaned()).isTrue();
    }

    @Test
    void whatAnEndedProcessOwnedIsOrphaned() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        TestbedTag tag = TestbedTag.of(RunningProcess.of(process.pid()).orElseThrow(), 1);
        assertThat(tag.orphaned()).isFalse();

        process.destroyForcibly().waitFor();

        assertThat(tag.orphaned()).isTrue();
    }

    @Test
    void standingOneHasNoOwner() {
        assertThat(TestbedTag.in("remora-cli-h3")).contains(TestbedTag.STANDING);
        assertThat(TestbedTag.in("remora-cli-switch")).contains(TestbedTag.STANDING);
        assertThat(TestbedTag.STANDING.orphaned()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "remora",
                "remora-cli",
                "remora-cli-h3b",
                "remora-cli-h01",
                "remora-4711-h0",
                "remora-4711-abc-h0",
                "remora-0-abcx1-h0",
                "remora-4711-abcx1-h1000",
                "remora-4711-abcx1-router",
                "my-remora-4711-abcx1-h0",
                "remora-99999999999999999999-abcx1-h0",
                "remora-4711-zzzzzzzzzzzzzzzzzzzzx1-h0"
            })
    void namesOfOthersAreNotOurs(String name) {
        assertThat(TestbedTag.in(name)).isEmpty();
    }
}
