package dev.remora.cli;

import dev.remora.dpdk.doctor.Doctor;
import dev.remora.dpdk.doctor.Doctor.Machine;
import dev.remora.dpdk.doctor.Report;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code remora doctor}: what can run on this machine, and what is missing. */
@Command(
        mixinStandardHelpOptions = true,
        name = "doctor",
        sortOptions = false,
        description = {
            "Looks at this machine and says which ways of running Remora are open, what is missing, and how to mend it.",
            "Changes nothing and sends no packet. As root it also reads the firewall's rules."
        },
        footer = {
            "",
            "With --verbose each finding is followed by its id, as --json has it.",
            "Exit codes: 0 Homa between processes of this host or TCP can run here, 1 neither can, 2 wrong options."
        })
final class DoctorCommand implements Callable<Integer> {
    private final Machine machine;

    @Option(names = "--json", description = "Prints one JSON object instead: findings and ways.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    DoctorCommand() {
        this(Doctor.thisMachine());
    }

    DoctorCommand(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec);
        Report report = Doctor.examine(machine);
        PrintWriter out = command.commandLine().getOut();
        if (json) {
            out.print(DoctorText.json(report));
        } else {
            boolean verbose = command.root().userObject() instanceof RootCommand root && root.verbosity() > 0;
            new DoctorText(out, command.commandLine().getColorScheme().ansi(), verbose).print(report);
        }
        out.flush();
        return report.usable() ? 0 : 1;
    }
}
