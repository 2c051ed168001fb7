package dev.remora.bench.stream.contender;

/** A server that streams until it is closed. */
public interface StreamServer extends AutoCloseable {
    /** Where it listens. */
    int port();

    @Override
    void close();
}
