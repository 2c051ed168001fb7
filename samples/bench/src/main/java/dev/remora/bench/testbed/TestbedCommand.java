package dev.remora.bench.testbed;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code testbed}: hosts behind a switch that stand until they are taken down. */
@Command(
        name = "testbed",
        mixinStandardHelpOptions = true,
        description = {
            "Hosts behind a switch, as network namespaces: links of a rate, buffers, priorities by DSCP.",
            "Needs root, and the commands ip and tc (package iproute2). Touches nothing of this machine's own network."
        },
        subcommands = {UpCommand.class, DownCommand.class, StatusCommand.class})
public final class TestbedCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "testbed needs to know what to do: write testbed up, testbed status or testbed down");
    }
}
