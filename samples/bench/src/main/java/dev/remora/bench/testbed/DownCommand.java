package dev.remora.bench.testbed;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code testbed down}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = {
            "Removes the testbed that stands, and what killed processes left of theirs.",
            "Ends the processes that run in its hosts. Testbeds of running processes stay."
        },
        footer = {"", "Exit codes: 0 removed, or nothing was there; 1 something remains."})
final class DownCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Testbed.needsRoot("down");
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        boolean removed = false;
        for (StandingTestbed testbed : StandingTestbed.all()) {
            if (testbed.state() != StandingTestbed.State.OWNED) {
                testbed.remove();
                removed = true;
                out.println("removed " + StatusText.name(testbed) + ": "
                        + testbed.namespaces().size() + " namespaces");
            }
        }
        if (!removed) {
            out.println("there is no testbed to remove");
        }
        out.flush();
        return 0;
    }
}
