package dev.remora.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The {@code remora} command. Exit codes: 0 it did what was asked, 1 it failed, 2 it was called wrongly, 130 Ctrl-C.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Before the first logger is made. Not called logback.xml, for that name belongs to the services run from here.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dev/remora/cli/logging.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /** The whole command with all its subcommands, which writes to stdout and stderr. */
    static CommandLine commandLine() {
        return commandLine(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()));
    }

    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        RootCommand root = new RootCommand();
        CommandLine line = new CommandLine(CommandSpec.forAnnotatedObject(root));
        Commands.addTo(line);
        return line.setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(true)
                // An argument that begins with @ is a command's own affair: call takes requests so.
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler(new FailureReport(root))
                .setExecutionStrategy(parsed -> {
                    LogLevel.set(root.verbosity());
                    return new CommandLine.RunLast().execute(parsed);
                });
    }
}
