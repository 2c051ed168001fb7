package dev.remora.bench.option;

import dev.remora.bench.process.Awake;
import dev.remora.bench.process.Cores;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** Whether idle cores halt. */
public final class AwakeOption {
    @Option(names = "--awake", description = "Keeps the cores from halting with an idle-priority process per core.")
    private boolean awake;

    /** @param cores that may be used */
    public void check(OptionCheck check, List<Integer> cores) {
        check.require(
                !awake || Cores.hasCommand("chrt") && Cores.hasCommand("taskset") && !cores.isEmpty(),
                "--awake needs the commands chrt and taskset (package util-linux)");
    }

    /** @param estimate of the run */
    public Awake start(List<Integer> cores, Duration estimate) throws IOException, InterruptedException {
        // Starting processes takes time, too; twice the estimate is plenty, and they end with this process anyway.
        return awake ? Awake.on(cores, estimate.multipliedBy(2).plusMinutes(5)) : Awake.off();
    }

    /** For the description of the method. */
    public String describe() {
        return awake ? "an idle-priority spinner per core" : "no: idle cores halt";
    }
}
