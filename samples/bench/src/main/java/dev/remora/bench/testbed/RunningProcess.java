package dev.remora.bench.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that runs now.
 *
 * @param pid its number
 * @param startTicks when it started, in the kernel's ticks since boot: the number alone may be used again
 */
record RunningProcess(long pid, long startTicks) {
    // proc(5): after the name in parentheses, which may hold anything, the state is field 3 and the start field 22.
    private static final int START_AFTER_NAME = 22 - 3;
    private static final int STATE_AFTER_NAME = 0;

    static RunningProcess self() {
        long pid = ProcessHandle.current().pid();
        return of(pid).orElseThrow(() -> new TestbedException(
                "/proc/" + pid + "/stat cannot be read, so the testbed would have no owner",
                "a testbed needs Linux with /proc mounted"));
    }

    /** The process of this number, if there is one that has not ended: a zombie has. */
    static Optional<RunningProcess> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            boolean ended = fields[STATE_AFTER_NAME].equals("Z") || fields[STATE_AFTER_NAME].equals("X");
            return ended
                    ? Optional.empty()
                    : Optional.of(new RunningProcess(pid, Long.parseLong(fields[START_AFTER_NAME])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
