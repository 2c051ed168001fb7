package dev.remora.samples.logs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The sample's command: a server, and a client for each shape of stream. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        description = "Lines of logs that are shipped to a server, followed and searched there.",
        subcommands = {ServeCommand.class, ShipCommand.class, FollowCommand.class, SearchCommand.class})
public final class LogsMain implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "logs needs to know what to do: serve, ship, follow or search");
    }

    /** Exit codes: 0 done, 1 the stream failed, 2 wrong arguments. */
    public static void main(String[] args) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logs-logback.xml");
        }
        System.exit(new CommandLine(new LogsMain()).execute(args));
    }
}
