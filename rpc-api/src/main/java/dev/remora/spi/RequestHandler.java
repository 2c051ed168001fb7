package dev.remora.spi;

/** Serves requests of a {@link ServerTransport}. */
@FunctionalInterface
public interface RequestHandler {
    /**
     * A request has arrived, at most once. Runs on the transport's thread: must not block, must not throw.
     *
     * @param exchange to answer with, from any thread, now or later
     * @param request the handler owns it and releases it
     */
    void onRequest(ServerExchange exchange, MessageBuffer request);
}
