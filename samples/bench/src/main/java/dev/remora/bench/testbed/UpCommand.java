package dev.remora.bench.testbed;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code testbed up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes the hosts and their switch; they stand until ./remora testbed down.",
            "Removes first what killed processes left of theirs."
        },
        footer = {"", "Exit codes: 0 it stands, 1 it cannot be made (then nothing is left of it), 2 wrong options."})
final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--hosts",
            paramLabel = "N",
            defaultValue = "9",
            description = "Hosts, 1 to 250 (default: ${DEFAULT-VALUE}).")
    private int hosts;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            defaultValue = "200mbit",
            converter = SizeReader.Rate.class,
            description = "Rate of each link, each way, such as 200mbit or 1gbit (default: ${DEFAULT-VALUE}).")
    private int linkMbps;

    @Option(
            names = "--buffer",
            paramLabel = "BYTES",
            defaultValue = "128k",
            converter = SizeReader.Bytes.class,
            description =
                    "Buffer of each switch port and priority; 128k is 128000 bytes, 128ki 131072 (default: ${DEFAULT-VALUE}).")
    private int bufferBytes;

    @Option(
            names = "--mtu",
            paramLabel = "BYTES",
            defaultValue = "1500",
            description = "Longest IP packet, 576 to 9000 (default: ${DEFAULT-VALUE}).")
    private int mtu;

    @Option(
            names = "--congestion-control",
            paramLabel = "NAME",
            defaultValue = "cubic",
            description = "TCP's, on the routes between the hosts (default: ${DEFAULT-VALUE}).")
    private String congestionControl = "";

    @Option(
            names = "--offloads",
            description = "Lets TCP put packets of up to 64 KB on the links: cheaper, but no link behaves so.")
    private boolean offloads;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    @SuppressWarnings("MustBeClosed") // it is there to stay
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        Testbed testbed = Testbed.standing(plan(command));
        PrintWriter out = command.commandLine().getOut();
        out.println("The testbed stands: " + testbed.plan());
        out.println();
        StatusText.hosts(out, testbed.hosts());
        out.println();
        out.println("run a command in one   "
                + String.join(" ", testbed.enter(testbed.hosts().getFirst())) + " COMMAND");
        out.println("counters               ./remora testbed status");
        out.println("remove it              ./remora testbed down");
        out.flush();
        return 0;
    }

    private TestbedPlan plan(CommandSpec command) {
        try {
            return new TestbedPlan(hosts, linkMbps, bufferBytes, mtu, congestionControl, offloads);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "no such testbed: " + e.getMessage(), e);
        }
    }
}
