package dev.remora.bench.echo;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one client measured in one case.
 *
 * @param calls that ended with an echo
 * @param elapsedNs from the first request to the last echo
 * @param cpuNs CPU time of the client's process meanwhile
 * @param allocatedBytes allocated on the client's heap meanwhile
 */
record LoadResult(long calls, long elapsedNs, long p50Ns, long p99Ns, long maxNs, long cpuNs, long allocatedBytes) {
    /** One line for the parent process. */
    String toLine() {
        return "calls=" + calls + " elapsedNs=" + elapsedNs + " p50Ns=" + p50Ns + " p99Ns=" + p99Ns + " maxNs=" + maxNs
                + " cpuNs=" + cpuNs + " allocatedBytes=" + allocatedBytes;
    }

    /** Reads {@link #toLine}. */
    static LoadResult parse(String line) {
        Map<String, Long> values = Stream.of(line.split(" "))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Long.valueOf(pair[1])));
        return new LoadResult(
                value(values, "calls"),
                value(values, "elapsedNs"),
                value(values, "p50Ns"),
                value(values, "p99Ns"),
                value(values, "maxNs"),
                value(values, "cpuNs"),
                value(values, "allocatedBytes"));
    }

    private static long value(Map<String, Long> values, String name) {
        Long value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("a result without " + name);
        }
        return value;
    }
}
