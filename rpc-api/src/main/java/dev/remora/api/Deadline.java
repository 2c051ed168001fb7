package dev.remora.api;

import java.time.Duration;

/**
 * The moment after which nobody waits for a call's result any more, on this machine's {@link System#nanoTime} scale. On
 * the wire a deadline is the time that is left, so clocks need not agree.
 */
public final class Deadline implements Comparable<Deadline> {
    private final long atNs;

    private Deadline(long atNs) {
        this.atNs = atNs;
    }

    /** That far from now; durations beyond 100 years count as 100 years. */
    public static Deadline after(Duration duration) {
        Duration max = Duration.ofDays(36_500);
        return afterNs(duration.compareTo(max) > 0 ? max.toNanos() : duration.toNanos());
    }

    /** {@code ns} nanoseconds from now. */
    public static Deadline afterNs(long ns) {
        return new Deadline(System.nanoTime() + ns);
    }

    /** That moment on the {@link System#nanoTime} scale. */
    public static Deadline at(long nanoTime) {
        return new Deadline(nanoTime);
    }

    /** The moment on the {@link System#nanoTime} scale. */
    public long atNs() {
        return atNs;
    }

    /** Nanoseconds left, negative after the deadline. */
    public long remainingNs() {
        return atNs - System.nanoTime();
    }

    public boolean isExpired() {
        return remainingNs() <= 0;
    }

    /** The earlier of the two. */
    public Deadline min(Deadline other) {
        return compareTo(other) <= 0 ? this : other;
    }

    @Override
    public int compareTo(Deadline other) {
        return Long.signum(atNs - other.atNs);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Deadline d && d.atNs == atNs;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(atNs);
    }

    @Override
    public String toString() {
        return remainingNs() / 1_000_000 + " ms left";
    }
}
