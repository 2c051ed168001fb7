package dev.remora.runtime.resolve;

/** A server's entry in a registry. */
public interface Registration extends AutoCloseable {
    /** Takes the entry back, so that clients turn to others. Waits a few seconds at most. Idempotent. */
    @Override
    void close();
}
