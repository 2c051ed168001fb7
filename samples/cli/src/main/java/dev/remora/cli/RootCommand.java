package dev.remora.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code remora} without a subcommand, and the options that every subcommand has. */
@Command(
        name = "remora",
        versionProvider = ProductVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "RPC for Java: sample services, benchmarks and tools.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it did what was asked",
            "1:it failed; the message says what to mend",
            "2:it was called wrongly",
            "65:and up to 80: a call ended with the status of this number less 64",
            "130:Ctrl-C"
        })
final class RootCommand implements Callable<Integer> {
    // No initial values but the defaults of Java: picocli sets these fields before each run.
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of a failure.")
    private boolean debug;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Log more to stderr; twice: everything.")
    private boolean[] verbose = {};

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), help || version ? "" : "A command is missing: which one?");
    }

    boolean debug() {
        return debug;
    }

    /** 0 quiet, 1 what happens, 2 everything. */
    int verbosity() {
        return Math.min(verbose.length, 2);
    }
}
