package dev.remora.bench.testbed;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names of a testbed's namespaces have in common. It says who owns them, so that what a killed process left
 * behind is known from what a living one uses; a number that another process has by now is told by when it started.
 *
 * @param prefix of all names, such as {@code remora-4711-2f3kx1}
 * @param pid of the owner, 0 for the testbed that stands until it is taken down
 * @param startTicks when the owner started, in the kernel's ticks since boot; 0 with pid 0
 */
record TestbedTag(String prefix, long pid, long startTicks) {
    private static final String FIRST = "remora-";
    private static final int RADIX = 36;
    // Lengths are bounded so that no number overflows.
    private static final Pattern NAME = Pattern.compile("(" + FIRST
            + "(?:cli|([1-9][0-9]{0,9})-([0-9a-z]{1,11})x[1-9][0-9]{0,8}))-(?:switch|h(?:0|[1-9][0-9]{0,2}))");

    /** The one of the command line, of which a machine has at most one. */
    static final TestbedTag STANDING = new TestbedTag(FIRST + "cli", 0, 0);

    /** That of a process, and its testbed of this number (1 and up). */
    static TestbedTag of(RunningProcess owner, int number) {
        String start = Long.toString(owner.startTicks(), RADIX);
        return new TestbedTag(FIRST + owner.pid() + "-" + start + "x" + number, owner.pid(), owner.startTicks());
    }

    /** The tag in a namespace's name; empty if it is none of ours. */
    static Optional<TestbedTag> in(String namespace) {
        Matcher name = NAME.matcher(namespace);
        if (!name.matches()) {
            return Optional.empty();
        }
        if (name.group(2) == null) {
            return Optional.of(STANDING);
        }
        return Optional.of(
                new TestbedTag(name.group(1), Long.parseLong(name.group(2)), Long.parseLong(name.group(3), RADIX)));
    }

    /** The namespace of the switch. */
    String switchName() {
        return prefix + "-switch";
    }

    /** The namespace of a host. */
    String host(int index) {
        return prefix + "-h" + index;
    }

    /** Whether it stands until somebody takes it down. */
    boolean standing() {
        return pid == 0;
    }

    /** Whether its owner has ended without removing it. */
    boolean orphaned() {
        return !standing()
                && RunningProcess.of(pid)
                        .filter(process -> process.startTicks() == startTicks)
                        .isEmpty();
    }
}
