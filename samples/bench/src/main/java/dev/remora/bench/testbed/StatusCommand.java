package dev.remora.bench.testbed;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code testbed status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Lists the testbeds of this machine with what their switches sent, dropped and hold.",
        footer = {"", "Exit codes: 0 listed, 1 they cannot be read."})
final class StatusCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Prints one JSON object instead.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Testbed.needsRoot("status");
        List<TestbedStatus> found =
                StandingTestbed.all().stream().map(TestbedStatus::read).toList();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            out.print(StatusText.json(found));
        } else {
            StatusText.table(out, found);
        }
        out.flush();
        return 0;
    }
}
