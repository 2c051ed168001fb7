package dev.remora.bench.echo;

import java.util.Locale;

/**
 * What a client is told to do.
 *
 * @param durationNs ends the load, 0 if the count does
 * @param maxCalls ends the load, 0 if the time does
 */
record LoadOrder(EchoCase point, CallStyle style, long durationNs, long maxCalls) {
    LoadOrder {
        if (durationNs <= 0 && maxCalls <= 0) {
            throw new IllegalArgumentException("a load needs an end: a duration or a number of calls");
        }
    }

    String toLine() {
        return point.sizeBytes() + " " + point.outstanding() + " " + style + " " + durationNs + " " + maxCalls;
    }

    /** Reads {@link #toLine}. */
    static LoadOrder parse(String line) {
        String[] parts = line.split(" ");
        return new LoadOrder(
                new EchoCase(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])),
                CallStyle.valueOf(parts[2].toUpperCase(Locale.ROOT)),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]));
    }
}
