package dev.remora.bench;

import dev.remora.bench.echo.EchoCommand;
import dev.remora.bench.hedge.HedgeCommand;
import dev.remora.bench.queue.QueueCommand;
import dev.remora.bench.stream.StreamCommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: measurements that ship with Remora. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Remora and what it is compared with.",
        subcommands = {EchoCommand.class, StreamCommand.class, HedgeCommand.class, QueueCommand.class})
public final class BenchCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(),
                "bench needs to know what to measure: write bench echo, bench stream, bench hedge or bench queue");
    }
}
