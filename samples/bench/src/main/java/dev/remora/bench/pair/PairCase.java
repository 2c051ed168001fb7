package dev.remora.bench.pair;

/** One point of comparison. */
public interface PairCase {
    /** In tables and progress. */
    String label();

    /** A size as cases are labelled. */
    static String sizeLabel(int bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) {
            return (bytes >> 10) + " KiB";
        }
        return bytes + " B";
    }
}
