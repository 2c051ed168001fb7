package dev.remora.cli;

import dev.remora.bench.BenchCommand;
import dev.remora.bench.ab.AbCommand;
import dev.remora.bench.testbed.TestbedCommand;
import dev.remora.cli.call.CallCommand;
import dev.remora.cli.call.WhyCommand;
import dev.remora.cli.serve.ServeCommand;
import dev.remora.cli.top.TopCommand;
import dev.remora.samples.discovery.FailoverCommand;
import dev.remora.samples.logs.LogsMain;
import dev.remora.samples.photos.demo.DemoCommand;
import dev.remora.samples.resilience.ResilienceCommand;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The one list of subcommands, in the order in which help shows them. */
final class Commands {
    private Commands() {}

    static void addTo(CommandLine line) {
        List<Object> commands = List.of(
                new DemoCommand(),
                new LogsMain(),
                new FailoverCommand(),
                new ResilienceCommand(),
                new BenchCommand(),
                new AbCommand(),
                new TestbedCommand(),
                new SimCommand(),
                new ServeCommand(),
                new CallCommand(),
                new WhyCommand(),
                new TopCommand(),
                new DoctorCommand(),
                new LauncherCommand.Test(),
                new LauncherCommand.Setup(),
                new LauncherCommand.Build(),
                new LauncherCommand.Clean(),
                new CompletionCommand(),
                new HelpCommand());
        commands.forEach(line::addSubcommand);
    }
}
