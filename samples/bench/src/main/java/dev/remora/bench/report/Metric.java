package dev.remora.bench.report;

import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.RunResult;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A figure of a run, by the name that {@link dev.remora.bench.ab.result.Ratio#metric} has for it.
 *
 * @param key such as {@code shortest50.p99Us}
 * @param title for people
 * @param unit {@code us}, {@code Mbps}, {@code perSecond}, {@code x} (a factor), or empty when it is not known
 * @param moreIsBetter whether the baseline is better when its figure is the greater one
 */
record Metric(String key, String title, String unit, boolean moreIsBetter) {
    /** In the order to be shown. */
    static final List<Metric> KNOWN = List.of(
            less("shortest50.p50Us", "Short messages, P50", "us"),
            less("shortest50.p99Us", "Short messages, P99", "us"),
            less("shortest50.p999Us", "Short messages, P99.9", "us"),
            less("all.p50Us", "All messages, P50", "us"),
            less("all.p99Us", "All messages, P99", "us"),
            less("all.slowdownP99", "Slowdown of all, P99", "x"),
            less("shortest50.slowdownP99", "Slowdown of short, P99", "x"),
            less("largest10.p50Us", "Largest tenth, P50", "us"),
            less("largest10.p99Us", "Largest tenth, P99", "us"),
            new Metric("goodputMbps", "Goodput", "Mbps", true),
            new Metric("callsPerSecond", "Calls per second", "perSecond", true),
            less("resources.cpuUsPerCall", "CPU time per call", "us"));

    private static Metric less(String key, String title, String unit) {
        return new Metric(key, title, unit, false);
    }

    /** The known one of that name, or one that has only its name to show. */
    static Metric of(String key) {
        for (Metric metric : KNOWN) {
            if (metric.key.equals(key)) {
                return metric;
            }
        }
        return new Metric(key, key, key.endsWith("Us") ? "us" : "", key.endsWith("Mbps") || key.endsWith("PerSecond"));
    }

    /** The run's figure; empty if the run has none of that name, or it is not a number. */
    OptionalDouble of(RunResult run) {
        double value = switch (key) {
            case "goodputMbps" -> run.goodputMbps();
            case "offeredMbps" -> run.offeredMbps();
            case "callsPerSecond" -> run.callsPerSecond();
            case "resources.cpuUsPerCall" -> run.resources().cpuUsPerCall();
            default -> ofGroup(run);
        };
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private double ofGroup(RunResult run) {
        int dot = key.indexOf('.');
        Group group = dot < 0 ? null : group(run, key.substring(0, dot));
        ToDoubleFunction<Group> field = field(key.substring(dot + 1));
        return group == null || field == null || group.count() == 0 ? Double.NaN : field.applyAsDouble(group);
    }

    private static @Nullable Group group(RunResult run, String name) {
        return switch (name) {
            case "shortest10" -> run.shortest10();
            case "shortest50" -> run.shortest50();
            case "largest10" -> run.largest10();
            case "all" -> run.all();
            default -> null;
        };
    }

    private static @Nullable ToDoubleFunction<Group> field(String name) {
        return switch (name) {
            case "p50Us" -> Group::p50Us;
            case "p99Us" -> Group::p99Us;
            case "p999Us" -> Group::p999Us;
            case "maxUs" -> Group::maxUs;
            case "slowdownMean" -> Group::slowdownMean;
            case "slowdownP50" -> Group::slowdownP50;
            case "slowdownP99" -> Group::slowdownP99;
            case "aloneP50" -> Group::aloneP50;
            case "aloneP99" -> Group::aloneP99;
            default -> null;
        };
    }

    /** The median over the valid runs, or over all of them if none is valid; empty if none has the figure. */
    OptionalDouble median(List<RunResult> rounds) {
        List<RunResult> used = rounds.stream().anyMatch(RunResult::valid)
                ? rounds.stream().filter(RunResult::valid).toList()
                : rounds;
        double[] values = used.stream()
                .map(this::of)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .sorted()
                .toArray();
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = values.length / 2;
        return OptionalDouble.of(values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    }

    /** A value with three digits and its unit. */
    String text(double value) {
        return switch (unit) {
            case "us" -> duration(value);
            case "Mbps" -> value >= 10_000 ? digits(value / 1000) + " Gbit/s" : digits(value) + " Mbit/s";
            case "perSecond" -> count(value) + "/s";
            case "x" -> factor(value);
            default -> digits(value);
        };
    }

    static String duration(double us) {
        if (us >= 1e6) {
            return digits(us / 1e6) + " s";
        }
        return us >= 1000 ? digits(us / 1000) + " ms" : digits(us) + " µs";
    }

    static String factor(double value) {
        return times(value) + "×";
    }

    /** A factor without its sign, in two digits: a ratio of medians has no more. */
    static String times(double value) {
        return value >= 100 && Double.isFinite(value)
                ? new BigDecimal(value)
                        .round(new MathContext(2, RoundingMode.HALF_EVEN))
                        .toPlainString()
                : digits(value);
    }

    private static String count(double value) {
        if (value >= 1e6) {
            return digits(value / 1e6) + " M";
        }
        return value >= 1e4 ? digits(value / 1e3) + " k" : digits(value);
    }

    /** Two to three digits that mean something: 0.45, 4.6, 12, 120, 3450. */
    static String digits(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        double size = Math.abs(value);
        int places = size >= 9.95 || size == 0 ? 0 : size >= 0.995 ? 1 : size >= 0.0995 ? 2 : 3;
        return Objects.requireNonNull(String.format(Locale.ROOT, "%." + places + "f", value));
    }
}
