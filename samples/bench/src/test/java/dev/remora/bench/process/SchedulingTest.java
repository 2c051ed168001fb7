package dev.remora.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SchedulingTest {
    /** From sched.h; the field of {@code stat} that has it is the 41st. */
    private static final String SCHED_IDLE = "5";

    @Test
    void ofAThreadCanBeSet() throws Exception {
        assertTrue(Scheduling.IDLE.isPermitted());
        Process sleeper = new ProcessBuilder("sleep", "60").start();
        try {
            Scheduling.IDLE.apply(Long.toString(sleeper.pid()));
            String stat = Files.readString(Path.of("/proc", Long.toString(sleeper.pid()), "stat"));
            String[] after = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            assertEquals(SCHED_IDLE, after[41 - 3]);
        } finally {
            sleeper.destroyForcibly().waitFor();
        }
    }
}
