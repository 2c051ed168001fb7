package dev.remora.dpdk.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much Java costs: the same loops in C and Java over the same devices (vhost-user and virtio-user), two processes, each
 * pinned to a CPU with all its threads. The pairs take turns within a round, in the opposite order in every other round. Medians
 * are compared among the runs with the same {@link CpuDistance}; a run during which it changed is repeated. A run that loses a frame or ends badly ends the whole with status 1. So does one
 * during which an end had less than the given share of its CPU, since something else ran there, after some more tries; with
 * {@code --min-cpu 0} such runs count.
 *
 * <p>{@code AgainstC [--what ping,64,1500] [--rounds 5] [--seconds 3] [--count 1000000] [--warmup 2000000] [--cpus 0,1] [--hugepages]
 * [--sender virtio|vhost] [--min-cpu 0.95] [--jvm "FLAGS"] [--json FILE]}
 */
public final class AgainstC {
    private enum Language {
        C,
        JAVA
    }

    /** Who begins or sends, and who answers or receives. */
    private record Pair(Language from, Language to) {
        static final Pair PURE_C = new Pair(Language.C, Language.C);

        @Override
        public String toString() {
            return name(from) + "->" + name(to);
        }

        private static String name(Language language) {
            return language == Language.C ? "C" : "Java";
        }
    }

    private record Measure(String name, String unit, Pair pair, CpuDistance distance) {
        Measure inC() {
            return new Measure(name, unit, Pair.PURE_C, distance);
        }
    }

    private static final List<Pair> ALL = List.of(
            Pair.PURE_C,
            new Pair(Language.JAVA, Language.JAVA),
            new Pair(Language.C, Language.JAVA),
            new Pair(Language.JAVA, Language.C));
    private static final int PING_SIZE = 64;
    private static final String PING = "ping";
    private static final String EVERYTHING = "ping,64,1500";
    private static final int TRIES = 5;
    /** In place of a share of the CPU. */
    private static final double MOVED = -1;

    private final Options options;
    private final Path folder;
    private final CPeer inC;
    private final Map<Measure, Series> results = new LinkedHashMap<>();
    private int runs;
    private int disturbed;
    private CpuDistance distance = CpuDistance.now();
    private double leastCpu = 1;

    private AgainstC(Options options, Path folder) {
        this.options = options;
        this.folder = folder;
        inC = CPeer.compile(folder);
    }

    /** @param what {@code ping}, and the sizes of frames to send one way */
    private record Options(
            List<String> what,
            int rounds,
            int seconds,
            int count,
            int warmup,
            List<Integer> cpus,
            boolean hugepages,
            boolean vhostSends,
            double minCpu,
            List<String> jvm,
            @Nullable Path json) {
        static Options of(String[] args) {
            Map<String, String> given = new LinkedHashMap<>();
            for (int i = 0; i < args.length; i++) {
                boolean flag = args[i].equals("--hugepages");
                if (!flag && i + 1 == args.length) {
                    throw new IllegalArgumentException(args[i] + " needs a value");
                }
                given.put(args[i], flag ? "true" : args[++i]);
            }
            List<Integer> cpus = Stream.of(take(given, "--cpus", "0,1").split(","))
                    .map(Integer::valueOf)
                    .toList();
            if (cpus.size() != 2 || cpus.get(0).equals(cpus.get(1))) {
                throw new IllegalArgumentException("--cpus must name two different CPUs, such as 0,1");
            }
            String sender = take(given, "--sender", "virtio");
            if (!List.of("virtio", "vhost").contains(sender)) {
                throw new IllegalArgumentException("--sender must be virtio or vhost, is " + sender);
            }
            String jvm = take(given, "--jvm", "").strip();
            String json = given.remove("--json");
            List<String> what = List.of(take(given, "--what", EVERYTHING).split(","));
            if (!List.of(EVERYTHING.split(",")).containsAll(what)) {
                throw new IllegalArgumentException("--what takes some of " + EVERYTHING + ", is " + what);
            }
            Options options = new Options(
                    what,
                    positive(given, "--rounds", 5),
                    positive(given, "--seconds", 3),
                    positive(given, "--count", 1_000_000),
                    positive(given, "--warmup", 2_000_000),
                    cpus,
                    given.remove("--hugepages") != null,
                    sender.equals("vhost"),
                    Double.parseDouble(take(given, "--min-cpu", "0.95")),
                    jvm.isEmpty() ? List.of() : List.of(jvm.split("\\s+")),
                    json == null ? null : Path.of(json));
            if (!given.isEmpty()) {
                throw new IllegalArgumentException("unknown options " + given.keySet());
            }
            return options;
        }

        private static String take(Map<String, String> given, String name, String otherwise) {
            String value = given.remove(name);
            return value == null ? otherwise : value;
        }

        private static int positive(Map<String, String> given, String name, int otherwise) {
            int value = Integer.parseInt(take(given, name, Integer.toString(otherwise)));
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be positive, is " + value);
            }
            return value;
        }
    }

    public static void main(String[] args) throws IOException {
        Options options;
        try {
            options = Options.of(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory("against-c");
        int status = 0;
        try {
            AgainstC benchmark = new AgainstC(options, folder);
            for (int round = 0; round < options.rounds(); round++) {
                benchmark.round(round);
            }
            System.out.print(benchmark.table());
            if (options.json() != null) {
                Files.writeString(options.json(), benchmark.json());
            }
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            status = 1;
        } finally {
            delete(folder);
        }
        System.exit(status);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** EAL leaves a folder behind for each process that was. */
    private static void forget(Place place) {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        for (String parent : List.of("/var/run", runtime == null ? "/tmp" : runtime)) {
            Path left = Path.of(parent, "dpdk", place.prefix());
            if (Files.isDirectory(left)) {
                try {
                    delete(left);
                } catch (IOException e) {
                    System.err.println("cannot remove " + left + ": " + e);
                }
            }
        }
    }

    private void round(int round) {
        for (String what : options.what()) {
            for (Pair pair : ordered(ALL, round)) {
                if (what.equals(PING)) {
                    ping(pair);
                } else {
                    flood(Integer.parseInt(what), pair);
                }
            }
        }
        System.err.println("round " + (round + 1) + " of " + options.rounds() + " done");
    }

    private static List<Pair> ordered(List<Pair> pairs, int round) {
        List<Pair> ordered = new ArrayList<>(pairs);
        if (round % 2 == 1) {
            Collections.reverse(ordered);
        }
        return ordered;
    }

    private void ping(Pair pair) {
        List<String> ping = List.of("ping", "" + options.count(), "" + PING_SIZE, "" + options.warmup());
        run(pair, ping, List.of("echo", "1"), (pinger, echoer) -> {
            if (pinger.value("frames") != options.count()) {
                throw pinger.invalid("did not make all round trips");
            }
            if (echoer.value("dropped") != 0) {
                throw echoer.invalid("dropped frames");
            }
            for (String percentile : List.of("p50", "p99", "p999")) {
                record("round trip " + PING_SIZE + " B " + percentile, "ns", pair, pinger.value(percentile + "Ns"));
            }
        });
    }

    private void flood(int size, Pair pair) {
        List<String> send = List.of("send", "" + size, "" + options.seconds());
        run(pair, send, List.of("receive", "" + options.seconds()), (sender, receiver) -> {
            double sent = sender.value("frames");
            double received = receiver.value("frames");
            if (sent != received || receiver.value("bytes") != received * size || receiver.value("foreign") != 0) {
                throw receiver.invalid(String.format(
                        Locale.ROOT,
                        "did not get what was sent: %.0f of %.0f frames of %d bytes",
                        received,
                        sent,
                        size));
            }
            record("one way " + size + " B", "Mpps", pair, receiver.value("pps") / 1e6);
        });
    }

    private interface Check {
        void of(PeerProcess from, PeerProcess to);
    }

    private void run(Pair pair, List<String> fromMode, List<String> toMode, Check check) {
        for (int attempt = 1; ; attempt++) {
            double share = runOnce(pair, fromMode, toMode, check, attempt == TRIES);
            if (share >= options.minCpu()) {
                leastCpu = Math.min(leastCpu, share);
                return;
            }
            disturbed++;
            System.err.printf(Locale.ROOT, "  %s %s disturbed: %s; again%n", pair, fromMode, reason(share));
        }
    }

    /**
     * The vhost end is started first, since the other connects to its socket.
     *
     * @return share of its CPU that the end with less had, or {@link #MOVED}; the results count if it is enough
     */
    private double runOnce(Pair pair, List<String> fromMode, List<String> toMode, Check check, boolean last) {
        Path socket = folder.resolve("s" + runs);
        boolean vhostSends = options.vhostSends();
        String prefix = "against-c-" + ProcessHandle.current().pid() + "-" + runs++;
        Place from = new Place(vhostSends, socket, options.cpus().get(1), options.hugepages(), prefix + "f");
        Place to = new Place(!vhostSends, socket, options.cpus().get(0), options.hugepages(), prefix + "t");
        try (PeerProcess first = vhostSends ? start(pair.from(), from, fromMode) : start(pair.to(), to, toMode)) {
            first.awaitReady();
            try (PeerProcess second = vhostSends ? start(pair.to(), to, toMode) : start(pair.from(), from, fromMode)) {
                second.awaitReady();
                second.awaitResult();
                first.awaitResult();
                CpuDistance before = distance;
                distance = CpuDistance.now();
                double share = distance == before ? Math.min(first.value("cpuShare"), second.value("cpuShare")) : MOVED;
                if (share >= options.minCpu()) {
                    check.of(vhostSends ? first : second, vhostSends ? second : first);
                } else if (last) {
                    throw second.invalid(String.format(
                            Locale.ROOT,
                            "and its peer were disturbed %d times, at last: %s. Something else runs on CPUs %s",
                            TRIES,
                            reason(share),
                            options.cpus()));
                }
                return share;
            }
        } finally {
            forget(from);
            forget(to);
        }
    }

    private static String reason(double share) {
        return share == MOVED
                ? "the distance between the CPUs changed"
                : String.format(Locale.ROOT, "only %.2f of a CPU", share);
    }

    private PeerProcess start(Language language, Place place, List<String> mode) {
        List<String> command =
                language == Language.C ? inC.command(place, mode) : JavaPeer.command(place, options.jvm(), mode);
        return PeerProcess.start(language + " " + String.join(" ", mode), command, folder);
    }

    private void record(String name, String unit, Pair pair, double value) {
        results.computeIfAbsent(new Measure(name, unit, pair, distance), measure -> new Series())
                .add(value);
        System.err.printf(Locale.ROOT, "  %-4s %-22s %-10s %10.2f %s%n", distance, name, pair, value, unit);
    }

    /** Of medians; null when C did not run at this distance. */
    private @Nullable Double ratio(Measure measure) {
        Series inC = results.get(measure.inC());
        return inC == null ? null : series(measure).median() / inC.median();
    }

    private Series series(Measure measure) {
        return Objects.requireNonNull(results.get(measure));
    }

    /** Sorted by measure, C first, however the rounds were ordered. */
    private List<Measure> measures() {
        return results.keySet().stream()
                .map(Measure::inC)
                .distinct()
                .sorted(Comparator.comparing(Measure::distance))
                .flatMap(inC -> ALL.stream().map(pair -> new Measure(inC.name(), inC.unit(), pair, inC.distance())))
                .filter(results::containsKey)
                .toList();
    }

    private String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%d rounds, %s, CPUs %s, %s to %s, CPU share at least %.2f (%d runs repeated)%n",
                options.rounds(),
                options.hugepages() ? "hugepages" : "no hugepages",
                options.cpus(),
                options.vhostSends() ? "vhost" : "virtio-user",
                options.vhostSends() ? "virtio-user" : "vhost",
                leastCpu,
                disturbed));
        table.append(String.format(
                "%-4s %-22s %-4s %-10s %4s %9s %19s  %s%n",
                "CPUs", "what", "unit", "pair", "runs", "median", "min..max", "ratio of medians to C"));
        for (Measure measure : measures()) {
            Series series = series(measure);
            table.append(String.format(
                    Locale.ROOT,
                    "%-4s %-22s %-4s %-10s %4d %9.2f %19s",
                    measure.distance(),
                    measure.name(),
                    measure.unit(),
                    measure.pair(),
                    series.values().size(),
                    series.median(),
                    String.format(Locale.ROOT, "%.2f..%.2f", series.min(), series.max())));
            Double ratio = ratio(measure);
            if (!measure.pair().equals(Pair.PURE_C) && ratio != null) {
                table.append(String.format(Locale.ROOT, "  %.2f", ratio));
            }
            table.append('\n');
        }
        return table.toString();
    }

    private String json() {
        String measures = measures().stream()
                .map(measure -> String.format(
                        Locale.ROOT,
                        "{\"cpus\":\"%s\",\"what\":\"%s\",\"unit\":\"%s\",\"pair\":\"%s\",\"median\":%.4f,\"values\":%s,"
                                + "\"ratioToC\":%s}",
                        measure.distance(),
                        measure.name(),
                        measure.unit(),
                        measure.pair(),
                        series(measure).median(),
                        series(measure).values(),
                        ratio(measure)))
                .collect(Collectors.joining(",\n"));
        return String.format(
                Locale.ROOT,
                "{\"rounds\":%d,\"seconds\":%d,\"roundTrips\":%d,\"hugepages\":%b,\"sender\":\"%s\",\"cpus\":%s,"
                        + "\"leastCpuShare\":%.3f,\"repeatedRuns\":%d,"
                        + "\"java\":\"%s\",\"measures\":[%n%s%n]}%n",
                options.rounds(),
                options.seconds(),
                options.count(),
                options.hugepages(),
                options.vhostSends() ? "vhost" : "virtio-user",
                options.cpus(),
                leastCpu,
                disturbed,
                System.getProperty("java.vm.version"),
                measures);
    }
}
