package dev.remora.runtime.stream;

import dev.remora.spi.ServerExchange;

/**
 * A request that waits at the server for something to be answered with.
 *
 * @param untilNs when it is answered all the same, on the {@link System#nanoTime} scale
 */
record Held(ServerExchange exchange, long untilNs) {}
