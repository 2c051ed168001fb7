package dev.remora.bench.report;

import dev.remora.bench.ab.result.CdfPoint;
import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.Moment;
import dev.remora.bench.ab.result.Resources;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.result.SizeBin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A made-up run: queues grow with the workload's large messages, and a transport lets short ones wait for them, or not. */
final class SampleRun {
    private static final double BASE_US = 60.4;
    private static final double LINK_MBPS = 200;
    private static final int SECONDS = 30;

    /** Size and share of messages up to it, about twenty steps of each distribution. */
    private static final Map<String, String> SIZES = Map.of(
            "w1",
            "8@0.3109 11@0.4176 15@0.4700 35@0.5170 57@0.5632 84@0.6104 116@0.6584 156@0.7073 203@0.7538 264@0.8006 354@0.8499 489@0.8971 736@0.9428 1719@0.9882 100000@1",
            "w2",
            "8@0.1701 36@0.2165 46@0.2715 64@0.3264 151@0.3783 197@0.4272 269@0.5085 301@0.5978 341@0.6871 394@0.7764 465@0.8657 539@0.9152 1078@0.9604 1000000@1",
            "w3",
            "8@0.0649 40@0.1205 70@0.1880 85@0.2534 110@0.3189 137@0.3699 171@0.4247 228@0.4796 282@0.5501 313@0.6023 352@0.6545 402@0.7066 469@0.7588 597@0.8073 956@0.8576 1843@0.9038 5403@0.9492 74192@0.9942 1000000@1",
            "w4",
            "282@0.0453 313@0.0948 331@0.1440 365@0.1896 441@0.2353 491@0.2834 525@0.3420 561@0.4005 600@0.4591 662@0.5052 737@0.5520 945@0.5986 1484@0.6438 4390@0.6896 38377@0.7351 47435@0.7825 66528@0.8280 83414@0.8734 164410@0.9192 538237@0.9645 1000000@1",
            "w5",
            "2860@0.05 5720@0.1 8580@0.15 19110@0.2 23520@0.25 27930@0.3 38220@0.35 48510@0.4 58800@0.4455 69090@0.491 88200@0.5361 164640@0.5816 411600@0.6275 765870@0.6727 1000000@1");

    private final String transport;
    private final String workload;
    private final double load;
    private final int round;
    private final boolean spoilt;
    private final Random random;
    /** How long the queue is that a short message may meet, in us. */
    private final double queueUs;

    private final double medianWait;
    private final double tailWait;
    private final double largeFactor;
    private final double cpuUs;

    SampleRun(String transport, String workload, double load, int round, long seed, boolean spoilt) {
        this.transport = transport;
        this.workload = workload;
        this.load = load;
        this.round = round;
        this.spoilt = spoilt;
        random = new Random(seed * 1000 + round * 31L + transport.hashCode() + workload.hashCode());
        queueUs = switch (workload) {
            case "w1" -> 60;
            case "w2" -> 110;
            case "w3" -> 700;
            case "w4" -> 2800;
            case "w5" -> 9000;
            default -> 500;
        };
        switch (transport) {
            case "remora-homa", "tso+checksum" -> {
                medianWait = 0.008;
                tailWait = 0.05;
                largeFactor = 1.6;
                cpuUs = 31;
            }
            case "remora-tcp" -> {
                medianWait = 0.8;
                tailWait = 60;
                largeFactor = 2.1;
                cpuUs = 24;
            }
            case "remora-tcp-16", "tso" -> {
                medianWait = 0.75;
                tailWait = 2.8;
                largeFactor = 2.2;
                cpuUs = 29;
            }
            default -> {
                medianWait = 1.2;
                tailWait = 30;
                largeFactor = 2.4;
                cpuUs = 88;
            }
        }
    }

    RunResult result() {
        List<SizeBin> sizes = new ArrayList<>();
        String table = SIZES.getOrDefault(workload, "1000000@1");
        long last = 0;
        double lastShare = 0;
        for (String entry : table.split(" ")) {
            long size = Long.parseLong(entry.substring(0, entry.indexOf('@')));
            double share = Double.parseDouble(entry.substring(entry.indexOf('@') + 1));
            sizes.add(bin(last == 0 ? size : Math.min(last + 1, size), size, lastShare, share));
            last = size;
            lastShare = share;
        }
        double offered = load == 0 ? LINK_MBPS * 0.9 : LINK_MBPS * load * 1.02;
        double goodput =
                jitter(offered * (transport.equals("none") ? 0.35 : transport.equals("tso") ? 0.7 : 0.985), 0.01);
        double callsPerSecond = goodput * 1e6 / 8 / (150 + sizes.getLast().toBytes() * 0.06);
        Group shortest = group(sizes, 0, 0.5);
        return new RunResult(
                transport,
                workload,
                load,
                round,
                !spoilt,
                spoilt
                        ? List.of(
                                "The hypervisor took 6.3 % of the machine, more than 2 %.",
                                "The generator began calls late: P99 of 4.1 ms.")
                        : List.of(),
                Math.round(callsPerSecond * SECONDS),
                0,
                offered,
                goodput,
                callsPerSecond,
                group(sizes, 0, 0.1),
                shortest,
                group(sizes, 0.9, 1),
                group(sizes, 0, 1),
                sizes,
                cdf(shortest),
                series(shortest.p99Us(), goodput, callsPerSecond),
                new Resources(
                        jitter(cpuUs * (1 + sizes.getLast().toBytes() / 1e5), 0.03),
                        jitter(55, 0.1),
                        spoilt ? 6.3 : 0.4,
                        1.2,
                        spoilt ? 4100 : 180,
                        9.5,
                        grants() ? 0 : 412,
                        grants() ? 3 : 2210,
                        grants() ? 84_000 : 0,
                        grants() ? 0 : transport.endsWith("16") ? 16 : 1),
                Map.of("congestionControl", grants() ? "homa" : "cubic"));
    }

    private boolean grants() {
        return transport.equals("remora-homa");
    }

    private double jitter(double value, double part) {
        return value * (1 + part * random.nextGaussian());
    }

    private double alone(long size) {
        return BASE_US + size * 8 / LINK_MBPS;
    }

    private SizeBin bin(long from, long to, double fromShare, double toShare) {
        double alone = alone(to);
        double grow = 1 + (largeFactor - 1) * Math.min(1, to / 3e5);
        double p50 = jitter(alone * grow + queueUs * medianWait, 0.03);
        double p99 = jitter(alone * grow * 1.3 + queueUs * tailWait * (1 + to / 1e6), 0.08);
        double p999 = jitter(p99 * 1.9, 0.1);
        return new SizeBin(
                from, to, fromShare, toShare, 20_000, p50, p99, p999, p50 / alone, p99 / alone, p999 / alone);
    }

    private Group group(List<SizeBin> sizes, double from, double to) {
        List<SizeBin> used = sizes.stream()
                .filter(bin -> bin.toFraction() > from && bin.fromFraction() < to)
                .toList();
        SizeBin middle = used.get(used.size() / 2);
        double alone = alone(middle.toBytes());
        return new Group(
                used.getFirst().fromBytes(),
                used.getLast().toBytes(),
                20_000L * used.size(),
                middle.p50Us(),
                used.getLast().p99Us(),
                used.getLast().p999Us(),
                used.getLast().p999Us() * 2.5,
                middle.p50Us() / alone * 1.4,
                middle.p50Us() / alone,
                used.getFirst().slowdownP99(),
                middle.p50Us() / alone,
                spoilt ? Double.NaN : used.getFirst().slowdownP99());
    }

    private List<CdfPoint> cdf(Group group) {
        List<CdfPoint> points = new ArrayList<>();
        double low = BASE_US * 0.9;
        for (int i = 0; i < 120; i++) {
            double fraction = i < 100 ? i / 100.0 : 1 - Math.pow(10, -2 - (i - 100) / 8.0);
            double us = fraction <= 0.5
                    ? low * Math.pow(group.p50Us() / low, Math.pow(fraction / 0.5, 0.6))
                    : group.p50Us()
                            * Math.pow(
                                    group.p99Us() / group.p50Us(), Math.log10((1 - fraction) * 2) / Math.log10(0.02));
            points.add(new CdfPoint(us, fraction));
        }
        points.add(new CdfPoint(group.maxUs(), 1));
        return points;
    }

    private List<Moment> series(double p99, double goodput, double callsPerSecond) {
        List<Moment> moments = new ArrayList<>();
        for (int second = 1; second <= SECONDS; second++) {
            double busy = jitter(1, 0.06);
            moments.add(new Moment(
                    second,
                    callsPerSecond * busy,
                    goodput * busy,
                    jitter(p99, 0.25) * (second % 11 == 0 ? 2.2 : 1),
                    jitter(45 + cpuUs / 4, 0.04),
                    grants() ? Math.round(jitter(2800, 0.1)) : 0,
                    grants() ? (second == 17 ? 3 : 0) : Math.round(Math.max(0, jitter(74, 0.5)))));
        }
        return moments;
    }
}
