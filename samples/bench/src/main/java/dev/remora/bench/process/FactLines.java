package dev.remora.bench.process;

import java.io.PrintWriter;
import java.util.Map;

/** Facts with their names, a line each. */
public final class FactLines {
    private FactLines() {}

    public static void print(PrintWriter out, Map<String, String> facts) {
        facts.forEach((name, fact) -> print(out, name, fact));
    }

    public static void print(PrintWriter out, String name, String fact) {
        out.printf("%-22s %s%n", name, fact);
    }
}
