package dev.remora.bench.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who removes what, whatever way a process ends. */
class TestbedOwnershipTest {
    private static final TestbedPlan PLAN = new TestbedPlan(1, 200, 128_000, 1500, "reno");
    private final TestbedTag ours = TestbedTag.of(RunningProcess.self(), 999);
    private final String foreign = "others-" + ours.host(0);

    @BeforeEach
    void needsRights() {
        Rights.needed();
    }

    @AfterEach
    void removeWhatWasMadeByHand() {
        Namespaces.remove(List.of(ours.host(0), foreign));
    }

    @Test
    void whatAKilledProcessLeftIsRemovedByTheNext() throws Exception {
        SystemCommand.run(List.of("ip", "netns", "add", ours.host(0)));
        SystemCommand.run(List.of("ip", "netns", "add", foreign));
        Process child = TestbedChild.start();
        TestbedTag orphan = tagOf(child);
        assertThat(Namespaces.of(orphan)).hasSize(3);
        child.destroyForcibly().waitFor();
        assertThat(Namespaces.of(orphan)).as("nobody could remove them").hasSize(3);
        Process inside =
                new ProcessBuilder("ip", "netns", "exec", orphan.host(1), "sh", "-c", "echo in; exec cat").start();
        assertThat(inside.inputReader().readLine()).isEqualTo("in");

        try (Testbed next = Testbed.up(PLAN)) {
            assertThat(Namespaces.of(orphan)).isEmpty();
            assertThat(inside.waitFor()).as("its processes ended with it").isNotZero();
            assertThat(Namespaces.all()).contains(next.hosts().getFirst().namespace(), ours.host(0), foreign);
        }
    }

    @Test
    void whatALivingProcessHasStays() throws Exception {
        Process child = TestbedChild.start();
        try {
            TestbedTag living = tagOf(child);

            Testbed.up(PLAN).close();

            assertThat(Namespaces.of(living)).hasSize(3);
            assertThat(StandingTestbed.all())
                    .filteredOn(each -> each.tag().equals(living))
                    .singleElement()
                    .satisfies(each -> assertThat(each.state()).isEqualTo(StandingTestbed.State.OWNED));
        } finally {
            child.destroy();
            child.waitFor();
        }
    }

    @Test
    void aProcessThatIsToldToEndRemovesItsOwn() throws Exception {
        Process child = TestbedChild.start();
        TestbedTag tag = tagOf(child);

        child.destroy(); // SIGTERM
        child.waitFor();

        assertThat(Namespaces.of(tag)).isEmpty();
    }

    private static TestbedTag tagOf(Process child) throws Exception {
        BufferedReader said = child.inputReader();
        return TestbedTag.in(String.valueOf(said.readLine())).orElseThrow();
    }
}
