package dev.remora.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Commands that the launcher script answers by itself, because they build this program. They stand here so that help,
 * completion and the guesses for a mistyped command know them.
 */
abstract sealed class LauncherCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "'" + spec.name() + "' is done by the launcher script: run ./remora " + spec.name()
                        + " from the source tree");
    }

    /** {@code remora test}. */
    @Command(
            name = "test",
            description = "Run the tests and count them.",
            footer = {
                "",
                "Options that begin with - go to Maven: ./remora test rpc-runtime -Dtest=DeadlineTest",
                "The last line is always: N passed, N failed, N skipped"
            })
    static final class Test extends LauncherCommand {
        @Parameters(
                paramLabel = "MODULE",
                arity = "0..1",
                description = "A module, such as rpc-api: only its tests and those of what it is built from.")
        List<String> modules = List.of();
    }

    /** {@code remora setup}. */
    @Command(
            name = "setup",
            description = "Install what Homa on DPDK needs and this machine lacks (Debian and its like, as root).",
            footer = {"", "Without root it prints the command to run. What there is: ./remora doctor"})
    static final class Setup extends LauncherCommand {}

    /** {@code remora build}. */
    @Command(name = "build", description = "Build the tool; the other commands do it when something changed.")
    static final class Build extends LauncherCommand {}

    /** {@code remora clean}. */
    @Command(name = "clean", description = "Remove everything that was built.")
    static final class Clean extends LauncherCommand {}
}
