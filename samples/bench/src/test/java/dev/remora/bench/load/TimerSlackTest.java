package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TimerSlackTest {
    @Test
    void linuxTakesItAndGivesItBack() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux has a timer slack");
        String before = slackNs();

        assertThat(TimerSlack.makeFine()).isEmpty();
        assertThat(slackNs()).isEqualTo("1");
        assertThat(TimerSlack.restore()).isEmpty();
        assertThat(slackNs()).isEqualTo(before);
    }

    /** Of the calling thread. */
    private static String slackNs() throws Exception {
        Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName();
        return Files.readString(Path.of("/proc/" + thread + "/timerslack_ns")).strip();
    }
}
