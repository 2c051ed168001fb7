package dev.remora.bench.echo.contender;

/** A server that echoes until it is closed. */
public interface EchoServer extends AutoCloseable {
    /** Where it listens. */
    int port();

    @Override
    void close();
}
