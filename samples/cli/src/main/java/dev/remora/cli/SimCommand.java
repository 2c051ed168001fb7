package dev.remora.cli;

import dev.remora.homa.sim.experiment.Experiment;
import dev.remora.homa.sim.experiment.HighestLoad;
import dev.remora.homa.sim.experiment.LoadExperiment;
import dev.remora.homa.sim.experiment.LoadReport;
import dev.remora.homa.sim.experiment.LoadResult;
import dev.remora.homa.sim.experiment.Workload;
import dev.remora.homa.sim.net.NetParameters;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code remora sim}: the Homa protocol under load on a simulated network. */
@Command(
        mixinStandardHelpOptions = true,
        name = "sim",
        sortOptions = false,
        description = {
            "Runs the Homa protocol under load on a simulated network and shows how much slower messages of each size "
                    + "are than alone.",
            "One seed gives one run, packet by packet."
        },
        footer = {
            "",
            "Exit codes: 0 simulated, 1 a message was executed twice or an RPC failed, 2 wrong options.",
            "The network of the SIGCOMM'18 paper: --hosts 144 --racks 9 --link-gbps 10, which are the defaults."
        })
final class SimCommand implements Callable<Integer> {
    private static final int PAPER_HOSTS = 144;
    private static final int HOSTS_PER_RACK = 16;
    private static final int MAX_HOSTS = 4_096;
    private static final int MAX_SHARDS = 16;

    /** How hosts are connected, and who sends to whom. */
    enum Shape {
        LEAF_SPINE("leaf-spine"),
        TWO("two"),
        INCAST("incast");

        private final String text;

        Shape(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            defaultValue = "w4",
            description = "Message sizes: w1, w2, w3, w4 or w5 (default: ${DEFAULT-VALUE}).")
    private String workload = "w4";

    @Option(
            names = "--load",
            paramLabel = "FRACTION",
            defaultValue = "0.8",
            description = "Part of the hosts' links in use, headers and control packets included, such as 0.8 "
                    + "(default: ${DEFAULT-VALUE}).")
    private double load;

    @Option(names = "--hosts", paramLabel = "N", description = "Hosts (default: 144; two: 2; incast: 17).")
    private @Nullable Integer hosts;

    @Option(
            names = "--racks",
            paramLabel = "N",
            description = "Racks that share the hosts evenly (default: one for each 16 hosts).")
    private @Nullable Integer racks;

    @Option(
            names = "--shape",
            paramLabel = "SHAPE",
            defaultValue = "leaf-spine",
            description =
                    "leaf-spine: racks below core switches; two: two hosts at one switch; incast: all hosts at one "
                            + "switch send to the first (default: ${DEFAULT-VALUE}).",
            converter = ShapeReader.class)
    private Shape shape = Shape.LEAF_SPINE;

    @Option(
            names = "--link-gbps",
            paramLabel = "RATE",
            defaultValue = "10",
            description =
                    "Rate of the hosts' links; between switches it is four times that (default: ${DEFAULT-VALUE}).")
    private int linkGbps;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What everything random is made from (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "Messages that are measured (default: as many as take about a minute).")
    private @Nullable Long messages;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Messages before these (default: as many as receivers need to learn the sizes).")
    private @Nullable Long warmUp;

    @Option(
            names = "--find-max-load",
            description = "Also search for the highest load that stays stable; takes about ten runs.")
    private boolean findMaxLoad;

    @Option(
            names = "--faults",
            paramLabel = "RUNS",
            description =
                    "Instead of a load: so many short runs with faults (loss, reordering, partitions, restarts ...), "
                            + "one for each seed from --seed on, checking what the protocol promises.")
    private @Nullable Integer faults;

    @Option(
            names = "--shards",
            paramLabel = "N",
            defaultValue = "1",
            description = "With --faults: endpoints of each host, one for each queue of its card "
                    + "(default: ${DEFAULT-VALUE}).")
    private int shards;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the result as JSON, too.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (faults != null) {
            if (faults < 1) {
                throw wrong("--faults " + faults + ": must be at least 1");
            }
            if (shards < 1 || shards > MAX_SHARDS) {
                throw wrong("--shards " + shards + ": must be 1 to " + MAX_SHARDS);
            }
            return SimFaults.run(
                    command().commandLine().getOut(), command().commandLine().getErr(), seed, faults, shards);
        }
        Experiment experiment = experiment();
        checkJson();
        PrintWriter out = command().commandLine().getOut();
        LoadResult result;
        try (ProgressBar bar = new ProgressBar(command().commandLine().getErr())) {
            result = LoadExperiment.run(experiment, bar);
        }
        out.print(LoadReport.table(result));
        out.flush();
        if (json != null) {
            Files.writeString(json, LoadReport.json(result));
            out.println("Written: " + json);
        }
        if (findMaxLoad) {
            double highest;
            try (ProgressBar bar = new ProgressBar(command().commandLine().getErr())) {
                highest = HighestLoad.find(experiment, bar);
            }
            out.printf("highest stable load found: %.3f%n", highest);
        }
        out.flush();
        return result.sound() ? 0 : 1;
    }

    /** What the options ask for. */
    Experiment experiment() {
        try {
            NetParameters net = network();
            Experiment experiment = Experiment.of(Workload.named(workload), load, net, shape == Shape.INCAST, seed);
            if (messages != null) {
                experiment = experiment.withMessages(messages);
            }
            return warmUp == null ? experiment : experiment.withWarmUp(warmUp);
        } catch (IllegalArgumentException e) {
            throw wrong(Objects.requireNonNullElse(e.getMessage(), "these options do not fit together"));
        }
    }

    private NetParameters network() {
        if (linkGbps < 1) {
            throw wrong("--link-gbps " + linkGbps + ": must be at least 1");
        }
        int count = hosts();
        if (shape != Shape.LEAF_SPINE) {
            if (racks != null && racks != 1) {
                throw wrong("--racks " + racks + ": the shape " + shape + " has one switch; leave --racks out");
            }
            return NetParameters.star(count, linkGbps);
        }
        int number = racks != null ? racks : Math.max(1, Math.ceilDiv(count, HOSTS_PER_RACK));
        if (number < 1 || count % number != 0) {
            throw wrong("--racks " + number + ": " + count + " hosts cannot be shared evenly by so many racks; "
                    + "give --racks a divisor of --hosts");
        }
        return NetParameters.racks(number, count / number, linkGbps);
    }

    private int hosts() {
        int count = hosts != null ? hosts : shape == Shape.TWO ? 2 : shape == Shape.INCAST ? 17 : PAPER_HOSTS;
        if (count < 2 || count > MAX_HOSTS) {
            throw wrong("--hosts " + count + ": must be 2 to " + MAX_HOSTS);
        }
        if (shape == Shape.TWO && count != 2) {
            throw wrong("--hosts " + count + ": the shape two has two; leave --hosts out or choose another shape");
        }
        return count;
    }

    /** Before the run, not after it. */
    private void checkJson() {
        if (json == null) {
            return;
        }
        Path folder = json.toAbsolutePath().getParent();
        boolean writable = Files.exists(json)
                ? Files.isRegularFile(json) && Files.isWritable(json)
                : folder != null && Files.isWritable(folder);
        if (!writable) {
            throw wrong("--json: " + json + " cannot be written; name a file in an existing, writable folder");
        }
    }

    private CommandSpec command() {
        return Objects.requireNonNull(spec);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command().commandLine(), message);
    }
}
