package dev.remora.homa.protocol.priority;

/**
 * Lengths of received messages, in the buckets of the Homa kernel module: 64 bytes wide up to 4 KB, 1 KB wide up to
 * 128 KB, and one for all above. Fine where cutoffs lie, and small enough to walk in a microsecond.
 *
 * <p>Old messages fade by halving, so the table follows the load without a second set of counters.
 */
public final class SizeHistogram {
    static final int SMALL_BYTES = 64;
    static final int SMALL_LIMIT_BYTES = 4_096;
    static final int MEDIUM_BYTES = 1_024;
    static final int MEDIUM_LIMIT_BYTES = 131_072;
    static final int SMALL_BUCKETS = SMALL_LIMIT_BYTES / SMALL_BYTES;

    /** Index of the one bucket without an upper bound. */
    public static final int LARGE = SMALL_BUCKETS + (MEDIUM_LIMIT_BYTES - SMALL_LIMIT_BYTES) / MEDIUM_BYTES;

    public static final int BUCKETS = LARGE + 1;

    private final long[] counts = new long[BUCKETS];
    private final long[] bytes = new long[BUCKETS];
    private long messages;

    /** A message of this length arrived. */
    public void onMessage(int length) {
        onMessages(length, 1);
    }

    void onMessages(int length, long count) {
        int bucket = bucket(length);
        counts[bucket] += count;
        bytes[bucket] += count * length;
        messages += count;
    }

    /** Takes over all counts of another one, which is empty afterwards. */
    void take(SizeHistogram other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
            bytes[i] += other.bytes[i];
            other.counts[i] = 0;
            other.bytes[i] = 0;
        }
        messages += other.messages;
        other.messages = 0;
    }

    /** Bucket of a length; anything below 1 counts as 1. */
    static int bucket(int length) {
        if (length <= SMALL_LIMIT_BYTES) {
            return (Math.max(1, length) - 1) / SMALL_BYTES;
        }
        if (length <= MEDIUM_LIMIT_BYTES) {
            return SMALL_BUCKETS + (length - SMALL_LIMIT_BYTES - 1) / MEDIUM_BYTES;
        }
        return LARGE;
    }

    /** Longest message of this bucket. */
    public static int upperBound(int bucket) {
        if (bucket < SMALL_BUCKETS) {
            return (bucket + 1) * SMALL_BYTES;
        }
        return bucket < LARGE
                ? SMALL_LIMIT_BYTES + (bucket - SMALL_BUCKETS + 1) * MEDIUM_BYTES
                : Cutoffs.MAX_MESSAGE_LENGTH;
    }

    public long count(int bucket) {
        return counts[bucket];
    }

    public long bytes(int bucket) {
        return bytes[bucket];
    }

    /** Messages counted, faded ones in part. */
    public long messages() {
        return messages;
    }

    /** Halves everything. */
    public void decay() {
        messages = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] >>= 1;
            // A bucket without messages must not keep bytes.
            bytes[i] = counts[i] == 0 ? 0 : bytes[i] >> 1;
            messages += counts[i];
        }
    }

    /** Writes the upper bounds of the buckets in which the deciles 1 to 9 of message length lie. */
    void deciles(int[] into) {
        int bucket = 0;
        long seen = counts[0];
        for (int decile = 1; decile <= 9; decile++) {
            // Rounded up: the smallest bucket that holds at least this share of the messages.
            long wanted = (messages * decile + 9) / 10;
            while (seen < wanted && bucket < LARGE) {
                bucket++;
                seen += counts[bucket];
            }
            into[decile - 1] = upperBound(bucket);
        }
    }
}
