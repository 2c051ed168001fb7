package dev.remora.bench.option;

import dev.remora.bench.process.Cores;
import dev.remora.bench.process.Placement;
import dev.remora.bench.process.PlacementReader;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the two processes run. */
public final class PlacementOption {
    @Option(
            names = "--placement",
            paramLabel = "WHERE",
            defaultValue = "split",
            description =
                    "same-core, split (client on one core, server on another) or floating (default: ${DEFAULT-VALUE}).",
            converter = PlacementReader.class)
    private Placement placement = Placement.SPLIT;

    /** @param cores that may be used */
    public Placement placement(OptionCheck check, List<Integer> cores) {
        if (placement != Placement.FLOATING) {
            check.require(
                    Cores.hasCommand("taskset"),
                    "--placement " + placement
                            + " needs the command taskset (package util-linux); use --placement floating without it");
            check.require(
                    cores.size() >= placement.cores(),
                    "--placement " + placement + " needs " + placement.cores() + " cores, this process may use "
                            + cores.size() + "; use --placement floating");
        }
        return placement;
    }
}
