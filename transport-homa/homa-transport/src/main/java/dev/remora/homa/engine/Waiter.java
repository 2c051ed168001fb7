package dev.remora.homa.engine;

/** What a caller waits for that drives an engine. */
@FunctionalInterface
public interface Waiter {
    /** Asked by the caller's thread between rounds, and when it may not drive. */
    boolean isDone();
}
