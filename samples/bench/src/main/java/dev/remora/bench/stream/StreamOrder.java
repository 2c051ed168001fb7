package dev.remora.bench.stream;

/**
 * What a client is told to do.
 *
 * @param streams at the same time
 * @param durationNs ends each stream, 0 if the number of messages does
 * @param maxMessages ends each stream, 0 if the time does
 */
record StreamOrder(StreamCase point, int streams, long durationNs, long maxMessages) {
    String toLine() {
        return point.direction().name() + " " + point.sizeBytes() + " " + streams + " " + durationNs + " "
                + maxMessages;
    }

    /** Reads {@link #toLine}. */
    static StreamOrder parse(String line) {
        String[] parts = line.split(" ");
        return new StreamOrder(
                new StreamCase(Direction.valueOf(parts[0]), Integer.parseInt(parts[1])),
                Integer.parseInt(parts[2]),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]));
    }
}
