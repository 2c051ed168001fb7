package dev.remora.bench.report;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names for people, of what a report names for programs. A name that is not known stands for itself. */
final class Titles {
    private static final Pattern POOL = Pattern.compile("remora-tcp-(\\d{1,6})");
    private static final Pattern FIXED = Pattern.compile("fixed-(\\d+)");

    private Titles() {}

    /** How many TCP connections a name stands for; above all such numbers if it tells none. */
    static int connections(String name) {
        Matcher pool = POOL.matcher(name);
        if (pool.matches()) {
            return Integer.parseInt(pool.group(1));
        }
        return name.equals("remora-tcp") ? 1 : Integer.MAX_VALUE;
    }

    /** For a place with room: "Remora over TCP, pool of 16". */
    static String transport(String name) {
        Matcher pool = POOL.matcher(name);
        if (pool.matches()) {
            return "Remora over TCP, pool of " + pool.group(1);
        }
        return switch (name) {
            case "remora-homa" -> "Remora over Homa";
            case "remora-tcp" -> "Remora over TCP, one connection";
            default -> name;
        };
    }

    /** For a label beside a line: "TCP, pool of 16". */
    static String transportShort(String name) {
        Matcher pool = POOL.matcher(name);
        if (pool.matches()) {
            return "TCP, " + pool.group(1) + " conns";
        }
        return switch (name) {
            case "remora-homa" -> "Homa";
            case "remora-tcp" -> "TCP, 1 conn";
            default -> name;
        };
    }

    /** Within a sentence: "TCP with one connection". */
    static String transportInSentence(String name) {
        Matcher pool = POOL.matcher(name);
        if (pool.matches()) {
            return "TCP with a pool of " + pool.group(1);
        }
        return switch (name) {
            case "remora-homa" -> "Homa";
            case "remora-tcp" -> "TCP with one connection";
            default -> name;
        };
    }

    static String workload(String name) {
        Matcher fixed = FIXED.matcher(name);
        if (fixed.matches()) {
            return "Fixed " + fixed.group(1) + " B";
        }
        return switch (name) {
            case "w1", "w2", "w3", "w4", "w5" -> name.toUpperCase(Locale.ROOT);
            default -> name;
        };
    }

    /** Whose messages these were; empty if not known. */
    static String workloadOrigin(String name) {
        return switch (name) {
            case "w1" -> "memcached at Facebook";
            case "w2" -> "search application at Google";
            case "w3" -> "all applications of a Google data centre";
            case "w4" -> "Hadoop at Facebook";
            case "w5" -> "web search";
            default -> "";
        };
    }

    /** "at 80 % load", or "in closed loop" for no load. */
    static String load(double load) {
        return load > 0 ? "at " + Metric.digits(load * 100) + " % load" : "in closed loop";
    }
}
