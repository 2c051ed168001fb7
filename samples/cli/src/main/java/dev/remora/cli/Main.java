package dev.remora.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The {@code remora} command. Exit codes: 0 it worked, 1 it did not, 2 wrong usage, 130 interrupted.
 */
@Command(
        name = "remora",
        description = "Remora: RPC for Java over kernel TCP today, over Homa in TCP headers on DPDK next.",
        mixinStandardHelpOptions = true,
        versionProvider = BuildVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Also, without this tool: ./remora build, ./remora test [MODULE], ./remora clean.",
            "Completion for bash and zsh: source <(./remora completion)"
        },
        subcommands = HelpCommand.class)
public final class Main {
    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "log what is done, to standard error")
    void verbose(boolean on) {
        if (on && LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.DEBUG);
        }
    }

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "show the stack trace of an error")
    private boolean debug;

    private Main() {}

    /** The command line with all its commands. */
    static CommandLine commandLine() {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main);
        commandLine
                .getSubcommands()
                .get("generate-completion")
                .getCommandSpec()
                .usageMessage()
                .hidden(true);
        commandLine.addSubcommand("completion", new GenerateCompletion());
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (main.debug) {
                failure.printStackTrace(command.getErr());
            } else {
                String message = failure.getMessage();
                command.getErr()
                        .println("error: "
                                + (message == null ? failure.getClass().getSimpleName() : message));
                command.getErr().println("(--debug shows where it comes from)");
            }
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine;
    }

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        int code = args.length == 0 ? usage() : commandLine().execute(args);
        System.exit(code);
    }

    private static int usage() {
        commandLine().usage(System.out);
        return CommandLine.ExitCode.USAGE;
    }
}
